//! Two versions of the contract, held against each other.

use wit_parser::{Function, FunctionKind, Handle, Interface, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldItem};

/// What in the new version breaks a policy of the old one, a line each.
pub fn breaks(old: &Resolve, new: &Resolve) -> Vec<String> {
    let mut breaks = Vec::new();
    for (name, before) in interfaces(old) {
        let Some((_, after)) = interfaces(new).find(|(other, _)| *other == name) else {
            breaks.push(format!("{name} is gone"));
            continue;
        };
        for (word, id) in &before.types {
            match after.types.get(word) {
                None => breaks.push(format!("{name}: the type `{word}` is gone")),
                Some(other) => {
                    let (was, is) = (shape(old, *id), shape(new, *other));
                    if was != is {
                        breaks.push(format!("{name}: the type `{word}` was {was} and is {is}"));
                    }
                }
            }
        }
        for (word, function) in &before.functions {
            match after.functions.get(word) {
                None => breaks.push(format!("{name}: `{word}` is gone")),
                Some(other) => {
                    let (was, is) = (signature(old, function), signature(new, other));
                    if was != is {
                        breaks.push(format!("{name}: `{word}` was {was} and is {is}"));
                    }
                }
            }
        }
        if is_exported(old, &name) {
            for word in after.functions.keys().filter(|word| !before.functions.contains_key(*word)) {
                breaks.push(format!("{name}: the host demands `{word}` of a policy, which an old one does not have"));
            }
        }
    }
    breaks
}

/// The interfaces of the contract, by package and name without version.
fn interfaces(resolve: &Resolve) -> impl Iterator<Item = (String, &Interface)> {
    resolve.interfaces.iter().filter_map(|(_, interface)| {
        let package = &resolve.packages.get(interface.package?)?.name;
        Some((format!("{}:{}/{}", package.namespace, package.name, interface.name.as_ref()?), interface))
    })
}

/// Whether a policy exports it.
fn is_exported(resolve: &Resolve, name: &str) -> bool {
    let exports = resolve.worlds.iter().flat_map(|(_, world)| world.exports.values());
    let ids = exports.filter_map(|item| match item {
        WorldItem::Interface { id, .. } => Some(*id),
        _ => None,
    });
    ids.filter_map(|id| resolve.interfaces.get(id))
        .any(|interface| interfaces(resolve).any(|(other, known)| other == name && std::ptr::eq(known, interface)))
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let kind = match function.kind {
        FunctionKind::Freestanding => "func",
        FunctionKind::Method(_) => "method",
        FunctionKind::Static(_) => "static",
        FunctionKind::Constructor(_) => "constructor",
        _ => "async",
    };
    let parameters: Vec<String> = function.params.iter().map(|parameter| of(resolve, &parameter.ty)).collect();
    let result = function.result.as_ref().map(|result| of(resolve, result)).unwrap_or_default();
    format!("{kind}({}) -> {result}", parameters.join(", "))
}

fn of(resolve: &Resolve, ty: &Type) -> String {
    match ty {
        Type::Id(id) => named(resolve, *id),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// A type by its name where it has one: what is behind the name is compared where it stands.
fn named(resolve: &Resolve, id: TypeId) -> String {
    let definition = &resolve.types[id];
    match (&definition.name, &definition.kind) {
        (_, TypeDefKind::Type(Type::Id(other))) => named(resolve, *other),
        (Some(name), _) => {
            let owner = match definition.owner {
                TypeOwner::Interface(owner) => resolve.interfaces[owner].name.clone().unwrap_or_default(),
                _ => String::new(),
            };
            format!("{owner}.{name}")
        }
        (None, _) => shape(resolve, id),
    }
}

/// What a type is made of.
fn shape(resolve: &Resolve, id: TypeId) -> String {
    let optional = |ty: &Option<Type>| ty.as_ref().map(|ty| of(resolve, ty)).unwrap_or_default();
    match &resolve.types[id].kind {
        TypeDefKind::Record(record) => {
            let fields: Vec<String> =
                record.fields.iter().map(|field| format!("{}: {}", field.name, of(resolve, &field.ty))).collect();
            format!("record {{ {} }}", fields.join(", "))
        }
        TypeDefKind::Variant(variant) => {
            let cases: Vec<String> =
                variant.cases.iter().map(|case| format!("{}({})", case.name, optional(&case.ty))).collect();
            format!("variant {{ {} }}", cases.join(", "))
        }
        TypeDefKind::Enum(words) => {
            let words: Vec<&str> = words.cases.iter().map(|case| case.name.as_str()).collect();
            format!("enum {{ {} }}", words.join(", "))
        }
        TypeDefKind::Flags(flags) => {
            let words: Vec<&str> = flags.flags.iter().map(|flag| flag.name.as_str()).collect();
            format!("flags {{ {} }}", words.join(", "))
        }
        TypeDefKind::Tuple(tuple) => {
            let types: Vec<String> = tuple.types.iter().map(|ty| of(resolve, ty)).collect();
            format!("tuple<{}>", types.join(", "))
        }
        TypeDefKind::Option(inner) => format!("option<{}>", of(resolve, inner)),
        TypeDefKind::List(inner) => format!("list<{}>", of(resolve, inner)),
        TypeDefKind::Result(result) => format!("result<{}, {}>", optional(&result.ok), optional(&result.err)),
        TypeDefKind::Handle(Handle::Own(resource)) => format!("own<{}>", named(resolve, *resource)),
        TypeDefKind::Handle(Handle::Borrow(resource)) => format!("borrow<{}>", named(resolve, *resource)),
        TypeDefKind::Type(other) => of(resolve, other),
        TypeDefKind::Resource => "resource".to_owned(),
        other => format!("{other:?}"),
    }
}
