//! Lets a candidate pass that is not worse than the champion by more than a margin.

const p = @import("judgement.zig");
const c = p.c;

pub const panic = p.panic;

export fn exports_gate_describe(description: *c.policy_description_t) void {
    description.* = .{
        .name = p.text("champion-margin", .{}),
        .version = p.text("0.1.0", .{}),
        .summary = p.text("Lets a candidate pass that is not worse than the champion by more than a margin", .{}),
        .parameters = p.text("{s}", .{@embedFile("parameters.json")}),
    };
}

export fn exports_gate_judge(judgement: *c.policy_judgement_t, reason: *c.policy_string_t) bool {
    return p.answer(judge, judgement, reason);
}

fn judge(judgement: *c.policy_judgement_t) !void {
    var metric = p.parameterText("metric");
    const name = p.bytes(metric);
    const margin = p.parameterNumber("margin");

    const comparison = p.maybe(c.metrics_compare, .{}) orelse {
        judgement.outcome = c.POLICY_OUTCOME_NOT_APPLICABLE;
        return p.addFinding(judgement, .{
            .rule = p.text("no-champion", .{}),
            .severity = c.POLICY_SEVERITY_INFO,
            .message = p.text("there is no champion to compare with", .{}),
        });
    };
    const both = c.metrics_borrow_comparison(comparison);
    const difference = try p.ask(c.metrics_method_comparison_difference, .{ both, &metric });
    if (!difference.is_some) {
        judgement.outcome = c.POLICY_OUTCOME_INCONCLUSIVE;
        return p.addFinding(judgement, .{
            .rule = p.text("undefined", .{}),
            .severity = c.POLICY_SEVERITY_WARNING,
            .message = p.text("`{s}` is undefined for the candidate or the champion", .{name}),
            .subject = p.about("metric", name),
        });
    }
    const higher_is_better = try p.ask(c.metrics_higher_is_better, .{&metric});
    if (!higher_is_better.is_some) {
        return p.fail("`{s}` has no direction: neither more nor less is better", .{name});
    }

    const change = if (higher_is_better.val) difference.val else -difference.val;
    p.addMeasure(judgement, .{
        .name = p.text("change", .{}),
        .value = p.some(change),
        .subject = p.about("metric", name),
    });
    if (change < -margin) {
        judgement.outcome = c.POLICY_OUTCOME_FAIL;
        p.addFinding(judgement, .{
            .rule = p.text("worse", .{}),
            .severity = c.POLICY_SEVERITY_ERROR,
            .message = p.text("the candidate's `{s}` is worse than the champion's by more than the margin", .{name}),
            .subject = p.about("metric", name),
            .observed = p.aNumber(change),
            .expected = p.aNumber(0 - margin),
        });
    }
}
