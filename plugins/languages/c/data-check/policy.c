// Holds the share of each column that is missing to a bound.

#include "judgement.h"

static const char schema[] = {
#embed "parameters.json" suffix(, 0)
};

void exports_data_check_describe(policy_description_t *description)
{
    *description = (policy_description_t){
        .name = text("missing-values"),
        .version = text("0.1.0"),
        .summary = text("Holds the share of missing values in each column to a bound"),
        .parameters = text("%s", schema),
    };
}

// Returns true with the judgement, or false with the error: why the policy could not decide at all.
bool exports_data_check_judge(policy_judgement_t *judgement, policy_string_t *error)
{
    *judgement = (policy_judgement_t){.outcome = POLICY_OUTCOME_PASS};
    double max_share = parameter_number("max_share");

    dataset_own_table_t own = dataset_current();
    dataset_borrow_table_t data = dataset_borrow_table(own);
    double rows = dataset_method_table_row_count(data);

    policy_list_string_t names = parameter_texts("columns");
    if (names.len == 0) {
        dataset_method_table_column_names(data, &names);
    }

    for (size_t i = 0; i < names.len; i++) {
        policy_string_t name = names.ptr[i];
        dataset_own_column_t own_column;
        if (!dataset_method_table_column(data, &name, &own_column)) {
            judgement->outcome = POLICY_OUTCOME_FAIL;
            add_finding(judgement, (policy_finding_t){
                .rule = text("missing-column"),
                .severity = POLICY_SEVERITY_ERROR,
                .message = text("there is no column `%.*s`", SHOW(name)),
                .subject = about("column", name),
            });
            continue;
        }

        dataset_borrow_column_t column = dataset_borrow_column(own_column);
        if (dataset_method_column_withheld(column)) {
            if (judgement->outcome == POLICY_OUTCOME_PASS) {
                judgement->outcome = POLICY_OUTCOME_INCONCLUSIVE;
            }
            add_finding(judgement, (policy_finding_t){
                .rule = text("withheld"),
                .severity = POLICY_SEVERITY_WARNING,
                .message = text("the values of `%.*s` are withheld from this policy", SHOW(name)),
                .subject = about("column", name),
            });
            dataset_column_drop_own(own_column);
            continue;
        }

        double nulls;
        answers_failure_t failure;
        if (!dataset_method_column_null_count(column, &nulls, &failure)) {
            *error = failure.message;
            return false;
        }
        dataset_column_drop_own(own_column);

        double share = rows == 0 ? 0 : nulls / rows;
        add_measure(judgement, (policy_measure_t){
            .name = text("null_share"),
            .value = some(share),
            .subject = about("column", name),
        });
        if (share > max_share) {
            judgement->outcome = POLICY_OUTCOME_FAIL;
            add_finding(judgement, (policy_finding_t){
                .rule = text("null-share"),
                .severity = POLICY_SEVERITY_ERROR,
                .message = text("`%.*s` is missing in %.0f of %.0f rows", SHOW(name), nulls, rows),
                .subject = about("column", name),
                .observed = a_number(share),
                .expected = a_number(max_share),
            });
        }
    }

    policy_list_string_free(&names);
    dataset_table_drop_own(own);
    return true;
}
