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
    const column = p.bytes(p.getText("column").?);
    const low = p.getNumber("low").?;
    const high = p.getNumber("high").?;

    const batch = c.predictor_borrow_batch(c.predictor_constructor_batch());
    const inputs = try p.ask(c.predictor_inputs, .{});
    var found = false;
    for (inputs.ptr[0..inputs.len]) |*input| {
        if (!p.is(input.name, column)) {
            setMissing(batch, input);
            continue;
        }
        if (!isNumber(input)) return p.fail("`{s}` is no column of numbers", .{column});
        found = true;
        var rising = [_]c.policy_option_f64_t{ p.some(low), p.some(high) };
        var values: c.policy_list_option_f64_t = .{ .ptr = &rising, .len = rising.len };
        c.predictor_method_batch_set_numbers(batch, &input.name, &values);
    }
    if (!found) return p.fail("the model does not read `{s}`", .{column});

    const own = try p.ask(c.predictor_method_batch_predict, .{batch});
    const predictions = c.predictor_borrow_predictions(own);
    // The predicted numbers, or where the model predicts classes, the scores of one of them.
    var values = p.get(c.predictor_method_predictions_numbers, .{predictions});
    if (values.len == 0) {
        var class = p.getText("class") orelse return p.fail("`class` is needed: the model predicts classes", .{});
        values = try p.ask(c.predictor_method_predictions_scores, .{ predictions, &class });
    }

    const change = values.ptr[1] - values.ptr[0];
    p.addMeasure(judgement, .{
        .name = p.text("change", .{}),
        .value = p.some(change),
        .subject = p.about("column", column),
    });
    if (change < 0) {
        judgement.outcome = c.POLICY_OUTCOME_FAIL;
        p.addFinding(judgement, .{
            .rule = p.text("wrong-direction", .{}),
            .severity = c.POLICY_SEVERITY_ERROR,
            .message = p.text("the prediction falls when `{s}` rises", .{column}),
            .subject = p.about("column", column),
            .observed = p.aNumber(change),
            .expected = p.aText(">= 0"),
        });
    }
}

fn isNumber(input: *const c.predictor_input_t) bool {
    return p.is(input.kind, "number") or p.is(input.kind, "integer");
}

/// Two rows without a value, in the one of the three types that fits the input.
fn setMissing(batch: c.predictor_borrow_batch_t, input: *c.predictor_input_t) void {
    if (isNumber(input)) {
        var values = [_]c.policy_option_f64_t{ .{}, .{} };
        var list: c.policy_list_option_f64_t = .{ .ptr = &values, .len = values.len };
        c.predictor_method_batch_set_numbers(batch, &input.name, &list);
    } else if (p.is(input.kind, "boolean")) {
        var values = [_]c.policy_option_bool_t{ .{}, .{} };
        var list: c.policy_list_option_bool_t = .{ .ptr = &values, .len = values.len };
        c.predictor_method_batch_set_booleans(batch, &input.name, &list);
    } else {
        var values = [_]c.policy_option_string_t{ .{}, .{} };
        var list: c.policy_list_option_string_t = .{ .ptr = &values, .len = values.len };
        c.predictor_method_batch_set_texts(batch, &input.name, &list);
    }
}
