// Lets a candidate pass that is not worse than the champion by more than a margin.

#include "judgement.h"

static const char schema[] = {
#embed "parameters.json" suffix(, 0)
};

void exports_gate_describe(policy_description_t *description)
{
    *description = (policy_description_t){
        .name = text("champion-margin"),
        .version = text("0.1.0"),
        .summary = text("Lets a candidate pass that is not worse than the champion by more than a margin"),
        .parameters = text("%s", schema),
    };
}

// Returns true with the judgement, or false with the error: why the policy could not decide at all.
bool exports_gate_judge(policy_judgement_t *judgement, policy_string_t *error)
{
    *judgement = (policy_judgement_t){.outcome = POLICY_OUTCOME_PASS};
    policy_string_t metric = parameter_text("metric");
    double margin = parameter_number("margin");

    metrics_own_comparison_t comparison;
    if (!metrics_compare(&comparison)) {
        judgement->outcome = POLICY_OUTCOME_NOT_APPLICABLE;
        add_finding(judgement, (policy_finding_t){
            .rule = text("no-champion"),
            .severity = POLICY_SEVERITY_INFO,
            .message = text("there is no champion to compare with"),
        });
        return true;
    }

    // Two questions of which each may fail, or have the answer none.
    metrics_borrow_comparison_t both = metrics_borrow_comparison(comparison);
    policy_option_f64_t difference;
    policy_option_bool_t higher_is_better;
    answers_failure_t failure;
    if (!metrics_method_comparison_difference(both, &metric, &difference, &failure)) {
        *error = failure.message;
        return false;
    }
    if (!difference.is_some) {
        judgement->outcome = POLICY_OUTCOME_INCONCLUSIVE;
        add_finding(judgement, (policy_finding_t){
            .rule = text("undefined"),
            .severity = POLICY_SEVERITY_WARNING,
            .message = text("`%.*s` is undefined for the candidate or the champion", SHOW(metric)),
            .subject = about("metric", metric),
        });
        return true;
    }
    if (!metrics_higher_is_better(&metric, &higher_is_better, &failure)) {
        *error = failure.message;
        return false;
    }
    if (!higher_is_better.is_some) {
        *error = text("`%.*s` has no direction: neither more nor less is better", SHOW(metric));
        return false;
    }

    double change = higher_is_better.val ? difference.val : -difference.val;
    add_measure(judgement, (policy_measure_t){
        .name = text("change"),
        .value = some(change),
        .subject = about("metric", metric),
    });
    if (change < -margin) {
        judgement->outcome = POLICY_OUTCOME_FAIL;
        add_finding(judgement, (policy_finding_t){
            .rule = text("worse"),
            .severity = POLICY_SEVERITY_ERROR,
            .message = text("the candidate's `%.*s` is worse than the champion's by more than the margin",
                            SHOW(metric)),
            .subject = about("metric", metric),
            .observed = a_number(change),
            .expected = a_number(0 - margin),
        });
    }
    metrics_comparison_drop_own(comparison);
    policy_string_free(&metric);
    return true;
}
