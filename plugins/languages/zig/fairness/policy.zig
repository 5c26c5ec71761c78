//! Looks at a metric in each group, and holds the smallest value to a bound.

const p = @import("judgement.zig");
const c = p.c;

pub const panic = p.panic;

export fn exports_fairness_describe(description: *c.policy_description_t) void {
    description.* = .{
        .name = p.text("worst-group", .{}),
        .version = p.text("0.1.0", .{}),
        .summary = p.text("Holds the worst group's metric to a bound", .{}),
        .parameters = p.text("{s}", .{@embedFile("parameters.json")}),
    };
}

export fn exports_fairness_judge(judgement: *c.policy_judgement_t, reason: *c.policy_string_t) bool {
    return p.answer(judge, judgement, reason);
}

const Group = struct { key: []const u8, rows: f64, value: f64 };

fn judge(judgement: *c.policy_judgement_t) !void {
    var metric = p.parameterText("metric");
    const name = p.bytes(metric);
    const min_value = p.parameterNumber("min_value");
    const min_rows = p.parameterNumber("min_rows");

    const columns = p.get(c.metrics_groups, .{});
    if (columns.len == 0) {
        judgement.outcome = c.POLICY_OUTCOME_NOT_APPLICABLE;
        return p.addFinding(judgement, .{
            .rule = p.text("no-groups", .{}),
            .severity = c.POLICY_SEVERITY_INFO,
            .message = p.text("no columns are configured as groups", .{}),
        });
    }

    const candidate = c.metrics_borrow_evaluation(c.metrics_candidate());
    var worst: ?Group = null;
    for (columns.ptr[0..columns.len]) |*column| {
        var one_column: c.policy_list_string_t = .{ .ptr = column, .len = 1 };
        const slices = try p.ask(c.metrics_method_evaluation_slices, .{ candidate, &one_column });
        for (slices.ptr[0..slices.len]) |own| {
            const slice = c.metrics_borrow_evaluation(own);
            const rows = c.metrics_method_evaluation_row_count(slice);
            if (rows < min_rows) continue;
            const value = p.ask(c.metrics_method_evaluation_metric, .{ slice, &metric }) catch |failed| {
                if (p.is(p.failure.code, "small-group")) continue;
                return failed;
            };
            if (!value.is_some) continue;

            const key = p.get(c.metrics_method_evaluation_key, .{slice}).ptr[0];
            const group = p.bytes(p.text("{s}={s}", .{ p.bytes(key.column), p.bytes(key.value) }));
            p.addMeasure(judgement, .{
                .name = p.text("{s}", .{name}),
                .value = value,
                .subject = p.about("slice", group),
                .extra = p.onRows(rows),
            });
            if (worst == null or value.val < worst.?.value) {
                worst = .{ .key = group, .rows = rows, .value = value.val };
            }
        }
    }

    const lowest = worst orelse {
        judgement.outcome = c.POLICY_OUTCOME_INCONCLUSIVE;
        return p.addFinding(judgement, .{
            .rule = p.text("no-rows", .{}),
            .severity = c.POLICY_SEVERITY_WARNING,
            .message = p.text("no group has enough rows", .{}),
        });
    };
    if (lowest.value < min_value) {
        judgement.outcome = c.POLICY_OUTCOME_FAIL;
        p.addFinding(judgement, .{
            .rule = p.text("low-metric", .{}),
            .severity = c.POLICY_SEVERITY_ERROR,
            .message = p.text("the lowest `{s}` of all groups is that of {s}", .{ name, lowest.key }),
            .subject = p.about("slice", lowest.key),
            .observed = p.aNumber(lowest.value),
            .expected = p.aNumber(min_value),
            .extra = p.onRows(lowest.rows),
        });
    }
}
