// Looks at a metric in each group, and holds the smallest value to a bound.

#include "judgement.h"

static const char schema[] = {
#embed "parameters.json" suffix(, 0)
};

void exports_fairness_describe(policy_description_t *description)
{
    *description = (policy_description_t){
        .name = text("worst-group"),
        .version = text("0.1.0"),
        .summary = text("Holds the worst group's metric to a bound"),
        .parameters = text("%s", schema),
    };
}

// Returns true with the judgement, or false with the error: why the policy could not decide at all.
bool exports_fairness_judge(policy_judgement_t *judgement, policy_string_t *error)
{
    *judgement = (policy_judgement_t){.outcome = POLICY_OUTCOME_PASS};
    policy_string_t metric = parameter_text("metric");
    double min_value = parameter_number("min_value");
    double min_rows = parameter_number("min_rows");

    policy_list_string_t columns;
    metrics_groups(&columns);
    if (columns.len == 0) {
        judgement->outcome = POLICY_OUTCOME_NOT_APPLICABLE;
        add_finding(judgement, (policy_finding_t){
            .rule = text("no-groups"),
            .severity = POLICY_SEVERITY_INFO,
            .message = text("no columns are configured as groups"),
        });
        return true;
    }

    metrics_own_evaluation_t own = metrics_candidate();
    metrics_borrow_evaluation_t candidate = metrics_borrow_evaluation(own);
    policy_string_t worst = {0};
    double lowest = 0, lowest_rows = 0;
    for (size_t i = 0; i < columns.len; i++) {
        policy_list_string_t one_column = {&columns.ptr[i], 1};
        metrics_list_own_evaluation_t slices;
        answers_failure_t failure;
        if (!metrics_method_evaluation_slices(candidate, &one_column, &slices, &failure)) {
            *error = failure.message;
            return false;
        }
        for (size_t j = 0; j < slices.len; j++) {
            metrics_borrow_evaluation_t slice = metrics_borrow_evaluation(slices.ptr[j]);
            double rows = metrics_method_evaluation_row_count(slice);
            if (rows < min_rows) {
                continue;
            }
            policy_option_f64_t value;
            if (!metrics_method_evaluation_metric(slice, &metric, &value, &failure)) {
                if (is(failure.code, "small-group")) {
                    continue;
                }
                *error = failure.message;
                return false;
            }
            if (!value.is_some) {
                continue;
            }
            metrics_list_condition_t key;
            metrics_method_evaluation_key(slice, &key);
            policy_string_t group = text("%.*s=%.*s", SHOW(key.ptr[0].column), SHOW(key.ptr[0].value));
            metrics_list_condition_free(&key);
            add_measure(judgement, (policy_measure_t){
                .name = text("%.*s", SHOW(metric)),
                .value = value,
                .subject = about("slice", group),
                .extra = on_rows(rows),
            });
            if (worst.len == 0 || value.val < lowest) {
                worst = group;
                lowest = value.val;
                lowest_rows = rows;
            }
        }
        metrics_list_own_evaluation_free(&slices);
    }

    if (worst.len == 0) {
        judgement->outcome = POLICY_OUTCOME_INCONCLUSIVE;
        add_finding(judgement, (policy_finding_t){
            .rule = text("no-rows"),
            .severity = POLICY_SEVERITY_WARNING,
            .message = text("no group has enough rows"),
        });
    } else if (lowest < min_value) {
        judgement->outcome = POLICY_OUTCOME_FAIL;
        add_finding(judgement, (policy_finding_t){
            .rule = text("low-metric"),
            .severity = POLICY_SEVERITY_ERROR,
            .message = text("the lowest `%.*s` of all groups is that of %.*s", SHOW(metric), SHOW(worst)),
            .subject = about("slice", worst),
            .observed = a_number(lowest),
            .expected = a_number(min_value),
            .extra = on_rows(lowest_rows),
        });
    }
    return true;
}
