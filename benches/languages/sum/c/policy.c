// Adds up a column of numbers, row by row.

#include "judgement.h"

static const char schema[] = {
#embed "parameters.json" suffix(, 0)
};

void exports_data_check_describe(policy_description_t *description)
{
    *description = (policy_description_t){
        .name = text("sum"),
        .version = text("0.1.0"),
        .summary = text("Adds up a column of numbers, row by row"),
        .parameters = text("%s", schema),
    };
}

bool exports_data_check_judge(policy_judgement_t *judgement, policy_string_t *error)
{
    *judgement = (policy_judgement_t){.outcome = POLICY_OUTCOME_PASS};
    policy_string_t part = view("current"), column = view("x");
    policy_list_string_t columns = {.ptr = &column, .len = 1};
    rows_own_reader_t reader;
    answers_failure_t failure;
    if (!rows_read(&part, &columns, &reader, &failure)) {
        *error = failure.message;
        return false;
    }
    double sum = 0;
    for (;;) {
        answers_option_own_record_batch_t batch;
        if (!answers_method_reader_next(answers_borrow_reader(reader), &batch, &failure)) {
            *error = failure.message;
            return false;
        }
        if (!batch.is_some) {
            break;
        }
        policy_list_f64_t numbers;
        if (!answers_method_record_batch_numbers(answers_borrow_record_batch(batch.val), &column, &numbers, &failure)) {
            *error = failure.message;
            return false;
        }
        for (size_t i = 0; i < numbers.len; i++) {
            sum += numbers.ptr[i];
        }
        policy_list_f64_free(&numbers);
        answers_record_batch_drop_own(batch.val);
    }
    add_measure(judgement, (policy_measure_t){.name = text("sum"), .value = some(sum)});
    return true;
}
