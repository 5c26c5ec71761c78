//! Short helpers over the bindings that `portcullis policy build` makes of wit/: build/bindings/policy.h, which lists
//! all that can be asked. What a policy returns is freed by the bindings after the call, with C's free; so whatever is
//! returned comes from `allocator`.

const std = @import("std");

/// The contract as Zig sees it: build/bindings/policy.h, translated.
pub const c = @import("build/bindings/contract.zig");

pub const allocator = std.heap.c_allocator;

/// Says what went wrong in the log, then traps. A policy's own file names it: `pub const panic = p.panic;`
pub const panic = std.debug.FullPanic(logAndTrap);

fn logAndTrap(message: []const u8, _: ?usize) noreturn {
    var said = view(message);
    c.log_warn(&said);
    @trap();
}

/// Leaves a line in the run record, for whoever works on the policy.
pub fn note(comptime format: []const u8, arguments: anytype) void {
    var message = text(format, arguments);
    c.log_debug(&message);
}

// Text of the contract, c.policy_string_t, is a pointer and a length, as a slice is.

/// The bytes of a text, not copied.
pub fn bytes(said: c.policy_string_t) []const u8 {
    return if (said.len == 0) "" else said.ptr[0..said.len];
}

/// Bytes as a text, not copied: for arguments of imports, never for what is returned.
pub fn view(characters: []const u8) c.policy_string_t {
    return .{ .ptr = @constCast(characters.ptr), .len = characters.len };
}

/// New text, formatted.
pub fn text(comptime format: []const u8, arguments: anytype) c.policy_string_t {
    return view(std.fmt.allocPrint(allocator, format, arguments) catch @panic("out of memory"));
}

pub fn is(said: c.policy_string_t, characters: []const u8) bool {
    return std.mem.eql(u8, bytes(said), characters);
}

// The bindings hand answers out through pointers. These three make values of them:
//     get    what is always there
//     maybe  what may be none, as null
//     ask    what may fail, as an error: the host's words are in `failure` then

pub fn get(function: anytype, arguments: anytype) Out(function, arguments.len) {
    var out: Out(function, arguments.len) = undefined;
    @call(.auto, function, arguments ++ .{&out});
    return out;
}

pub fn maybe(function: anytype, arguments: anytype) ?Out(function, arguments.len) {
    var out: Out(function, arguments.len) = undefined;
    return if (@call(.auto, function, arguments ++ .{&out})) out else null;
}

pub fn ask(function: anytype, arguments: anytype) error{Failed}!Out(function, arguments.len) {
    var out: Out(function, arguments.len) = undefined;
    return if (@call(.auto, function, arguments ++ .{ &out, &failure })) out else error.Failed;
}

/// What the parameter after so many others points to.
fn Out(function: anytype, comptime others: usize) type {
    const Parameters = std.meta.ArgsTuple(@TypeOf(function));
    return std.meta.Child(@FieldType(Parameters, std.fmt.comptimePrint("{d}", .{others})));
}

/// Why the last `ask` failed.
pub var failure: c.answers_failure_t = .{};

/// The policy's own reason why it cannot decide: `return p.fail("…", .{});`
pub fn fail(comptime format: []const u8, arguments: anytype) error{Failed} {
    failure = .{ .message = text(format, arguments) };
    return error.Failed;
}

/// What an exported judge returns: true with the judgement, or false with the reason why it could not decide at all.
pub fn answer(
    judge: fn (*c.policy_judgement_t) error{Failed}!void,
    judgement: *c.policy_judgement_t,
    reason: *c.policy_string_t,
) bool {
    judgement.* = .{ .outcome = c.POLICY_OUTCOME_PASS };
    judge(judgement) catch {
        reason.* = failure.message;
        return false;
    };
    return true;
}

// Parameters that the schema requires or has a default for: without such a key the policy ends. For others there are
// `maybe(c.parameters_get_number, .{&key})` and its like.

pub fn parameterNumber(key: []const u8) f64 {
    var name = view(key);
    return c.parameters_number(&name);
}

pub fn parameterText(key: []const u8) c.policy_string_t {
    var name = view(key);
    return get(c.parameters_text, .{&name});
}

pub fn parameterTexts(key: []const u8) c.policy_list_string_t {
    var name = view(key);
    return get(c.parameters_texts, .{&name});
}

// Parts of findings and measures. What is left out of the braces is none, or an empty list.

pub fn about(kind: []const u8, name: []const u8) c.policy_option_subject_t {
    return .{ .is_some = true, .val = .{ .kind = text("{s}", .{kind}), .name = text("{s}", .{name}) } };
}

pub fn aNumber(value: f64) c.policy_option_value_t {
    return .{ .is_some = true, .val = .{ .tag = c.POLICY_VALUE_NUMBER, .val = .{ .number = value } } };
}

pub fn aText(value: []const u8) c.policy_option_value_t {
    return .{ .is_some = true, .val = .{ .tag = c.POLICY_VALUE_TEXT, .val = .{ .text = text("{s}", .{value}) } } };
}

pub fn some(value: f64) c.policy_option_f64_t {
    return .{ .is_some = true, .val = value };
}

/// How many rows a finding or a measure stands on: the `extra` that reports know.
pub fn onRows(rows: f64) c.policy_list_named_value_t {
    const named = allocator.create(c.policy_named_value_t) catch @panic("out of memory");
    named.* = .{ .name = text("rows", .{}), .value = aNumber(rows).val };
    return .{ .ptr = named, .len = 1 };
}

pub fn addFinding(judgement: *c.policy_judgement_t, finding: c.policy_finding_t) void {
    append(&judgement.findings, finding);
}

pub fn addMeasure(judgement: *c.policy_judgement_t, measure: c.policy_measure_t) void {
    append(&judgement.measures, measure);
}

fn append(list: anytype, item: anytype) void {
    const old: []@TypeOf(item) = if (list.len == 0) &.{} else list.ptr[0..list.len];
    const new = allocator.realloc(old, list.len + 1) catch @panic("out of memory");
    new[list.len] = item;
    list.* = .{ .ptr = new.ptr, .len = new.len };
}
