// Expects the prediction not to fall when a column rises.

#include "judgement.h"

static const char schema[] = {
#embed "parameters.json" suffix(, 0)
};

void exports_behavior_describe(policy_description_t *description)
{
    *description = (policy_description_t){
        .name = text("expected-direction"),
        .version = text("0.1.0"),
        .summary = text("Expects the prediction not to fall when a column rises"),
        .parameters = text("%s", schema),
    };
}

static bool is_number(predictor_input_t input)
{
    return is(input.kind, "number") || is(input.kind, "integer");
}

// Two rows without a value, in the one of the three types that fits the input.
static void set_missing(predictor_borrow_batch_t batch, predictor_input_t input)
{
    policy_option_f64_t numbers[2] = {0};
    policy_option_bool_t booleans[2] = {0};
    policy_option_string_t texts[2] = {0};
    if (is_number(input)) {
        predictor_method_batch_set_numbers(batch, &input.name, &(policy_list_option_f64_t){numbers, 2});
    } else if (is(input.kind, "boolean")) {
        predictor_method_batch_set_booleans(batch, &input.name, &(policy_list_option_bool_t){booleans, 2});
    } else {
        predictor_method_batch_set_texts(batch, &input.name, &(policy_list_option_string_t){texts, 2});
    }
}

// Returns true with the judgement, or false with the error: why the policy could not decide at all.
bool exports_behavior_judge(policy_judgement_t *judgement, policy_string_t *error)
{
    *judgement = (policy_judgement_t){.outcome = POLICY_OUTCOME_PASS};
    policy_string_t column = get_text("column");
    double low = get_number("low");
    double high = get_number("high");

    predictor_list_input_t inputs;
    data_failure_t failure;
    if (!predictor_inputs(&inputs, &failure)) {
        *error = failure.message;
        return false;
    }

    predictor_own_batch_t own_batch = predictor_constructor_batch();
    predictor_borrow_batch_t batch = predictor_borrow_batch(own_batch);
    bool found = false;
    for (size_t i = 0; i < inputs.len; i++) {
        predictor_input_t input = inputs.ptr[i];
        if (!equal(input.name, column)) {
            set_missing(batch, input);
            continue;
        }
        if (!is_number(input)) {
            *error = text("`%.*s` is no column of numbers", SHOW(column));
            return false;
        }
        found = true;
        policy_option_f64_t rising[] = {some(low), some(high)};
        predictor_method_batch_set_numbers(batch, &column, &(policy_list_option_f64_t){rising, 2});
    }
    if (!found) {
        *error = text("the model does not read `%.*s`", SHOW(column));
        return false;
    }

    predictor_own_predictions_t own_predictions;
    if (!predictor_method_batch_predict(batch, &own_predictions, &failure)) {
        *error = failure.message;
        return false;
    }
    predictor_borrow_predictions_t predictions = predictor_borrow_predictions(own_predictions);

    // The predicted numbers, or where the model predicts classes, the scores of one of them.
    policy_list_f64_t values;
    predictor_method_predictions_numbers(predictions, &values);
    if (values.len == 0) {
        policy_string_t key = view("class"), class;
        if (!parameters_get_text(&key, &class)) {
            *error = text("`class` is needed: the model predicts classes");
            return false;
        }
        if (!predictor_method_predictions_scores(predictions, &class, &values, &failure)) {
            *error = failure.message;
            return false;
        }
    }

    double change = values.ptr[1] - values.ptr[0];
    add_measure(judgement, (policy_measure_t){
        .name = text("change"),
        .value = some(change),
        .subject = about("column", column),
    });
    if (change < 0) {
        judgement->outcome = POLICY_OUTCOME_FAIL;
        add_finding(judgement, (policy_finding_t){
            .rule = text("wrong-direction"),
            .severity = POLICY_SEVERITY_ERROR,
            .message = text("the prediction falls when `%.*s` rises", SHOW(column)),
            .subject = about("column", column),
            .observed = a_number(change),
            .expected = a_text(">= 0"),
        });
    }
    return true;
}
