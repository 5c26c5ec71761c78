//! Holds the share of each column that is missing to a bound.

const p = @import("judgement.zig");
const c = p.c;

pub const panic = p.panic;

export fn exports_data_check_describe(description: *c.policy_description_t) void {
    description.* = .{
        .name = p.text("missing-values", .{}),
        .version = p.text("0.1.0", .{}),
        .summary = p.text("Holds the share of missing values in each column to a bound", .{}),
        .parameters = p.text("{s}", .{@embedFile("parameters.json")}),
    };
}

export fn exports_data_check_judge(judgement: *c.policy_judgement_t, reason: *c.policy_string_t) bool {
    return p.answer(judge, judgement, reason);
}

fn judge(judgement: *c.policy_judgement_t) !void {
    const max_share = p.parameterNumber("max_share");
    const data = c.dataset_borrow_table(c.dataset_current());
    const rows = c.dataset_method_table_row_count(data);

    var names = p.parameterTexts("columns");
    if (names.len == 0) names = p.get(c.dataset_method_table_column_names, .{data});

    for (names.ptr[0..names.len]) |*name_of_it| {
        const name = p.bytes(name_of_it.*);
        const column = p.maybe(c.dataset_method_table_column, .{ data, name_of_it }) orelse {
            judgement.outcome = c.POLICY_OUTCOME_FAIL;
            p.addFinding(judgement, .{
                .rule = p.text("missing-column", .{}),
                .severity = c.POLICY_SEVERITY_ERROR,
                .message = p.text("there is no column `{s}`", .{name}),
                .subject = p.about("column", name),
            });
            continue;
        };
        const borrowed = c.dataset_borrow_column(column);
        if (c.dataset_method_column_withheld(borrowed)) {
            if (judgement.outcome == c.POLICY_OUTCOME_PASS) judgement.outcome = c.POLICY_OUTCOME_INCONCLUSIVE;
            p.addFinding(judgement, .{
                .rule = p.text("withheld", .{}),
                .severity = c.POLICY_SEVERITY_WARNING,
                .message = p.text("the values of `{s}` are withheld from this policy", .{name}),
                .subject = p.about("column", name),
            });
            continue;
        }

        const nulls = try p.ask(c.dataset_method_column_null_count, .{borrowed});
        const share = if (rows == 0) 0 else nulls / rows;
        p.addMeasure(judgement, .{
            .name = p.text("null_share", .{}),
            .value = p.some(share),
            .subject = p.about("column", name),
        });
        if (share > max_share) {
            judgement.outcome = c.POLICY_OUTCOME_FAIL;
            p.addFinding(judgement, .{
                .rule = p.text("null-share", .{}),
                .severity = c.POLICY_SEVERITY_ERROR,
                .message = p.text("`{s}` is missing in {d} of {d} rows", .{ name, nulls, rows }),
                .subject = p.about("column", name),
                .observed = p.aNumber(share),
                .expected = p.aNumber(max_share),
            });
        }
    }
}
