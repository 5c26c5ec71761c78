// Short helpers over the bindings that `portcullis policy build` makes of wit/: build/bindings/policy.h, which lists
// all that can be asked. Text of the contract, policy_string_t, is a pointer and a length, without a NUL at its end.
// What a policy returns is freed by the bindings after the call, so that all of it must come from malloc: `text` does
// that.
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

// For printf and `text`: "%.*s", SHOW(name)
#define SHOW(string) (int)(string).len, (const char *)(string).ptr

// The C string as text, not copied: for arguments of imports, never for what is returned.
static inline policy_string_t view(const char *characters)
{
    return (policy_string_t){.ptr = (uint8_t *)characters, .len = strlen(characters)};
}

static inline bool is(policy_string_t string, const char *characters)
{
    return string.len == strlen(characters) && memcmp(string.ptr, characters, string.len) == 0;
}

static inline bool equal(policy_string_t one, policy_string_t other)
{
    return one.len == other.len && memcmp(one.ptr, other.ptr, one.len) == 0;
}

// Ends the policy: the run reports it as not evaluable and shows the reason in its log.
[[noreturn]] static inline void give_up(const char *reason)
{
    policy_string_t message = view(reason);
    log_warn(&message);
    abort();
}

// malloc's NULL would not crash by itself: address 0 is memory like any other in WebAssembly.
static inline void *resize(void *memory, size_t count, size_t size)
{
    memory = realloc(memory, count * size);
    if (memory == NULL) {
        give_up("out of memory");
    }
    return memory;
}

// New text, as printf writes it.
[[gnu::format(printf, 1, 2)]] static inline policy_string_t text(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    char *characters = resize(NULL, (size_t)length + 1, 1);
    va_start(values, format);
    vsnprintf(characters, (size_t)length + 1, format, values);
    va_end(values);
    return (policy_string_t){.ptr = (uint8_t *)characters, .len = (size_t)length};
}

// Parameters that the schema requires or has a default for: without such a key the policy ends. For others there are
// parameters_get_number and its like.

static inline double parameter_number(const char *key)
{
    policy_string_t name = view(key);
    return parameters_number(&name);
}

static inline policy_string_t parameter_text(const char *key)
{
    policy_string_t name = view(key), value;
    parameters_text(&name, &value);
    return value;
}

static inline policy_list_string_t parameter_texts(const char *key)
{
    policy_string_t name = view(key);
    policy_list_string_t values;
    parameters_texts(&name, &values);
    return values;
}

// Parts of findings and measures. What is left out of the braces is none, or an empty list:
//     add_finding(judgement, (policy_finding_t){.rule = text("late"), .message = text("too late")});

static inline policy_option_subject_t about(const char *kind, policy_string_t name)
{
    return (policy_option_subject_t){true, {.kind = text("%s", kind), .name = text("%.*s", SHOW(name))}};
}

static inline policy_option_value_t a_number(double number)
{
    return (policy_option_value_t){true, {.tag = POLICY_VALUE_NUMBER, .val.number = number}};
}

static inline policy_option_value_t a_text(const char *characters)
{
    return (policy_option_value_t){true, {.tag = POLICY_VALUE_TEXT, .val.text = text("%s", characters)}};
}

static inline policy_option_f64_t some(double number)
{
    return (policy_option_f64_t){true, number};
}

// How many rows a finding or a measure stands on: the `extra` that reports know.
static inline policy_list_named_value_t on_rows(double rows)
{
    policy_named_value_t *named = resize(NULL, 1, sizeof *named);
    *named = (policy_named_value_t){.name = text("rows"), .value = a_number(rows).val};
    return (policy_list_named_value_t){.ptr = named, .len = 1};
}

static inline void add_finding(policy_judgement_t *judgement, policy_finding_t finding)
{
    policy_list_finding_t *list = &judgement->findings;
    list->ptr = resize(list->ptr, list->len + 1, sizeof finding);
    list->ptr[list->len++] = finding;
}

static inline void add_measure(policy_judgement_t *judgement, policy_measure_t measure)
{
    policy_list_measure_t *list = &judgement->measures;
    list->ptr = resize(list->ptr, list->len + 1, sizeof measure);
    list->ptr[list->len++] = measure;
}
