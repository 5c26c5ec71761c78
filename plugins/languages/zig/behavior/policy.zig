//! Expects the prediction not to fall when a column rises.

const p = @import("judgement.zig");
const c = p.c;

pub const panic = p.panic;

export fn exports_behavior_describe(description: *c.policy_description_t) void {
    description.* = .{
        .name = p.text("expected-direction", .{}),
        .version = p.text("0.1.0", .{}),
        .summary = p.text("Expects the prediction not to fall when a column rises", .{}),
        .parameters = p.text("{s}", .{@embedFile("parameters.json")}),
    };
}

export fn exports_behavior_judge(judgement: *c.policy_judgement_t, reason: *c.policy_string_t) bool {
    return p.answer(judge, judgement, reason);
}

fn judge(judgement: *c.policy_judgement_t) !void {
    var column = p.parameterText("column");
    const name = p.bytes(column);
    const low = p.parameterNumber("low");
    const high = p.parameterNumber("high");

    const inputs = try p.ask(c.predictor_inputs, .{});
    for (inputs.ptr[0..inputs.len]) |input| {
        if (!p.is(input.name, name)) continue;
        if (p.is(input.kind, "number") or p.is(input.kind, "integer")) break;
        return p.fail("`{s}` is no column of numbers", .{name});
    } else return p.fail("the model does not read `{s}`", .{name});

    // Two rows, in which everything but the column is missing: nothing else is set.
    const batch = c.predictor_borrow_batch(c.predictor_constructor_batch(2));
    var rising = [_]c.policy_option_f64_t{ p.some(low), p.some(high) };
    var rising_list: c.policy_list_option_f64_t = .{ .ptr = &rising, .len = rising.len };
    c.predictor_method_batch_set_numbers(batch, &column, &rising_list);

    const own = try p.ask(c.predictor_method_batch_predict, .{batch});
    const predictions = c.predictor_borrow_predictions(own);
    // The predicted numbers, or where the model predicts classes, the scores of one of them.
    var values = p.get(c.predictor_method_predictions_numbers, .{predictions});
    if (values.len == 0) {
        var key = p.view("class");
        var class = p.maybe(c.parameters_get_text, .{&key}) orelse {
            return p.fail("`class` is needed: the model predicts classes", .{});
        };
        values = try p.ask(c.predictor_method_predictions_scores, .{ predictions, &class });
    }

    const change = values.ptr[1] - values.ptr[0];
    p.addMeasure(judgement, .{
        .name = p.text("change", .{}),
        .value = p.some(change),
        .subject = p.about("column", name),
    });
    if (change < 0) {
        judgement.outcome = c.POLICY_OUTCOME_FAIL;
        p.addFinding(judgement, .{
            .rule = p.text("wrong-direction", .{}),
            .severity = c.POLICY_SEVERITY_ERROR,
            .message = p.text("the prediction falls when `{s}` rises", .{name}),
            .subject = p.about("column", name),
            .observed = p.aNumber(change),
            .expected = p.aText(">= 0"),
        });
    }
}
