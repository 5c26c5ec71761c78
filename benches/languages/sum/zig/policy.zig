//! Adds up a column of numbers, row by row.

const p = @import("judgement.zig");
const c = p.c;

pub const panic = p.panic;

export fn exports_data_check_describe(description: *c.policy_description_t) void {
    description.* = .{
        .name = p.text("sum", .{}),
        .version = p.text("0.1.0", .{}),
        .summary = p.text("Adds up a column of numbers, row by row", .{}),
        .parameters = p.text("{s}", .{@embedFile("parameters.json")}),
    };
}

export fn exports_data_check_judge(judgement: *c.policy_judgement_t, reason: *c.policy_string_t) bool {
    return p.answer(judge, judgement, reason);
}

fn judge(judgement: *c.policy_judgement_t) !void {
    var part = p.view("current");
    var column = p.view("x");
    var columns: c.policy_list_string_t = .{ .ptr = &column, .len = 1 };
    const reader = try p.ask(c.rows_read, .{ &part, &columns });
    var sum: f64 = 0;
    while (true) {
        const next = try p.ask(c.answers_method_reader_next, .{c.answers_borrow_reader(reader)});
        if (!next.is_some) break;
        var numbers = try p.ask(c.answers_method_record_batch_numbers, .{ c.answers_borrow_record_batch(next.val), &column });
        for (numbers.ptr[0..numbers.len]) |number| sum += number;
        c.policy_list_f64_free(&numbers);
        c.answers_record_batch_drop_own(next.val);
    }
    p.addMeasure(judgement, .{ .name = p.text("sum", .{}), .value = p.some(sum) });
}
