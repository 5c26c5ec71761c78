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

// Returns true with the judgement, or false with the error: why the policy could not decide at all.
bool exports_behavior_judge(policy_judgement_t *judgement, policy_string_t *error)
{
    *judgement = (policy_judgement_t){.outcome = POLICY_OUTCOME_PASS};
    policy_string_t column = parameter_text("column");
    double low = parameter_number("low");
    double high = parameter_number("high");

    predictor_list_input_t inputs;
    answers_failure_t failure;
    if (!predictor_inputs(&inputs, &failure)) {
        *error = failure.message;
        return false;
    }

    bool found = false;
    for (size_t i = 0; i < inputs.len; i++) {
        if (!equal(inputs.ptr[i].name, column)) {
            continue;
        }
        found = true;
        if (!is_number(inputs.ptr[i])) {
            *error = text("`%.*s` is no column of numbers", SHOW(column));
            return false;
        }
    }
    if (!found) {
        *error = text("the model does not read `%.*s`", SHOW(column));
        return false;
    }

    // Two rows, in which everything but the column is missing: nothing else is set.
    predictor_own_batch_t own_batch = predictor_constructor_batch(2);
    predictor_borrow_batch_t batch = predictor_borrow_batch(own_batch);
    policy_option_f64_t rising[] = {some(low), some(high)};
    predictor_method_batch_set_numbers(batch, &column, &(policy_list_option_f64_t){rising, 2});

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
