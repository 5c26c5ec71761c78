//! `wasi:http`, denied.
//!
//! `StarlingMonkey` puts it into every JavaScript policy. Its functions are answered by type alone: what makes a thing
//! makes one that holds nothing, so that a request can be put together as far as sending it, which is denied with that
//! interface's own error. The stubs are made from the types that the component itself imports, so that any 0.2.x fits and
//! no HTTP library is linked.

use portcullis_verdict::FailureKind;
use wasmtime::component::types::{ComponentItem, Type};
use wasmtime::component::{
    Component, Linker, LinkerInstance, Resource, ResourceAny, ResourceDynamic, ResourceType, Val,
};
use wasmtime::{AsContextMut, StoreContextMut};
use wasmtime_wasi::p2::pipe::ClosedInputStream;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable};

use super::clocks;
use super::output::Sink;
use crate::failure::Exceeded;
use crate::state::State;

/// The interface of requests and responses.
const TYPES: &str = "wasi:http/types";
/// The interface that sends a request.
const HANDLER: &str = "wasi:http/outgoing-handler";
/// What is answered of the package.
pub(super) const INTERFACES: &[&str] = &[TYPES, HANDLER];

/// The error of a request that the host does not send.
const DENIED: &str = "HTTP-request-denied";

/// The resources of [`TYPES`]. Their places are their dynamic types; everything else that the interface names as a
/// resource is another name for one of these, or comes from `wasi:io`.
const RESOURCES: &[&str] = &[
    "fields",
    "incoming-request",
    "outgoing-request",
    "request-options",
    "response-outparam",
    "incoming-response",
    "incoming-body",
    "future-trailers",
    "outgoing-response",
    "outgoing-body",
    "future-incoming-response",
];

/// Most values that one answer is made of; the interface's own have a handful.
const MOST_VALUES: usize = 1_000;

/// A copy of the linker with what a component imports of `wasi:http`; none if it imports nothing of it.
pub(super) fn link(linker: &Linker<State>, component: &Component) -> wasmtime::Result<Option<Linker<State>>> {
    let mut extended = None;
    let ty = component.component_type();
    for (import, item) in ty.imports(component.engine()) {
        let interface = import.split('@').next().unwrap_or(import);
        let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
        if !INTERFACES.contains(&interface) {
            continue;
        }
        let mut target = extended.get_or_insert_with(|| linker.clone()).instance(import)?;
        for (name, item) in instance.exports(component.engine()) {
            match item.ty {
                ComponentItem::Resource(_) if interface == TYPES => resource(&mut target, name)?,
                ComponentItem::ComponentFunc(_) => function(&mut target, name, interface == HANDLER)?,
                _ => {}
            }
        }
    }
    Ok(extended)
}

/// Defines a resource, if it is one of the interface's own.
fn resource(target: &mut LinkerInstance<'_, State>, name: &str) -> wasmtime::Result<()> {
    match (0_u32..).zip(RESOURCES).find(|(_, known)| **known == name) {
        Some((place, _)) => target.resource(name, ResourceType::host_dynamic(place), |_, _| Ok(())),
        None => Ok(()),
    }
}

/// Defines a function that answers by its type alone.
fn function(target: &mut LinkerInstance<'_, State>, name: &str, denied: bool) -> wasmtime::Result<()> {
    target.func_new(name, move |mut store, ty, arguments, results| {
        store.data_mut().charge(arguments.iter().map(weight).sum())?;
        arguments.iter().try_for_each(|argument| release(&mut store, argument))?;
        let mut left = MOST_VALUES;
        for (result, ty) in results.iter_mut().zip(ty.results()) {
            *result = match refusal(&ty).filter(|_| denied) {
                Some(refusal) => refusal,
                None => value(&mut store, &ty, &mut left)?,
            };
        }
        Ok(())
    })
}

/// [`DENIED`], where a result can say so.
fn refusal(ty: &Type) -> Option<Val> {
    let Type::Result(result) = ty else { return None };
    let Some(Type::Variant(errors)) = result.err() else { return None };
    let known = errors.cases().any(|case| case.name == DENIED && case.ty.is_none());
    known.then(|| Val::Result(Err(Some(Box::new(Val::Variant(DENIED.to_owned(), None))))))
}

/// The emptiest value of a type: success, none, nothing in a list, the first of several.
fn value(store: &mut StoreContextMut<'_, State>, ty: &Type, left: &mut usize) -> wasmtime::Result<Val> {
    *left = left.checked_sub(1).ok_or_else(|| Exceeded {
        kind: FailureKind::Incompatible,
        message: "it imports a function of wasi:http with a result that the interface does not have".to_owned(),
    })?;
    let mut boxed = |ty: Option<Type>| ty.map(|ty| value(store, &ty, left).map(Box::new)).transpose();
    Ok(match ty {
        Type::Bool => Val::Bool(false),
        Type::S8 => Val::S8(0),
        Type::U8 => Val::U8(0),
        Type::S16 => Val::S16(0),
        Type::U16 => Val::U16(0),
        Type::S32 => Val::S32(0),
        Type::U32 => Val::U32(0),
        Type::S64 => Val::S64(0),
        Type::U64 => Val::U64(0),
        Type::Float32 => Val::Float32(0.0),
        Type::Float64 => Val::Float64(0.0),
        Type::Char => Val::Char('\0'),
        Type::String => Val::String(String::new()),
        Type::List(_) => Val::List(Vec::new()),
        Type::Option(_) => Val::Option(None),
        Type::Flags(_) => Val::Flags(Vec::new()),
        Type::Enum(names) => Val::Enum(names.names().next().unwrap_or_default().to_owned()),
        Type::Result(result) => Val::Result(Ok(boxed(result.ok())?)),
        Type::Variant(variant) => match variant.cases().next() {
            Some(case) => Val::Variant(case.name.to_owned(), boxed(case.ty)?),
            None => return Err(unknown(ty)),
        },
        Type::Record(record) => {
            let fields = record.fields().map(|field| Ok((field.name.to_owned(), value(store, &field.ty, left)?)));
            Val::Record(fields.collect::<wasmtime::Result<_>>()?)
        }
        Type::Tuple(tuple) => {
            Val::Tuple(tuple.types().map(|ty| value(store, &ty, left)).collect::<wasmtime::Result<_>>()?)
        }
        Type::Own(resource) => Val::Resource(owned(store, *resource)?),
        _ => return Err(unknown(ty)),
    })
}

/// A new thing of a resource's type. Those of this package hold nothing; streams are at their end.
fn owned(store: &mut StoreContextMut<'_, State>, ty: ResourceType) -> wasmtime::Result<ResourceAny> {
    let places = 0_u32..RESOURCES.len() as u32;
    if let Some(place) = places.into_iter().find(|place| ty == ResourceType::host_dynamic(*place)) {
        return ResourceDynamic::new_own(0, place).try_into_resource_any(store.as_context_mut());
    }
    if ty == ResourceType::host::<DynPollable>() {
        let pollable: Resource<DynPollable> = clocks::ready(store.data_mut())?;
        return pollable.try_into_resource_any(store.as_context_mut());
    }
    if ty == ResourceType::host::<DynInputStream>() {
        let stream: DynInputStream = Box::new(ClosedInputStream);
        return store.data_mut().table.push(stream)?.try_into_resource_any(store.as_context_mut());
    }
    if ty == ResourceType::host::<DynOutputStream>() {
        let stream: DynOutputStream = Box::new(Sink::nowhere(&store.data().log));
        return store.data_mut().table.push(stream)?.try_into_resource_any(store.as_context_mut());
    }
    Err(wasmtime::format_err!("wasi:http makes no such resource"))
}

fn unknown(ty: &Type) -> wasmtime::Error {
    wasmtime::format_err!("wasi:http has no value of the type {ty:?}")
}

/// Gives up the handles in an argument: what is borrowed must not outlive the call, what is owned is not kept.
fn release(store: &mut StoreContextMut<'_, State>, value: &Val) -> wasmtime::Result<()> {
    match value {
        Val::Resource(resource) => resource.resource_drop(store.as_context_mut()),
        Val::List(values) | Val::Tuple(values) => values.iter().try_for_each(|value| release(store, value)),
        Val::Record(fields) => fields.iter().try_for_each(|(_, value)| release(store, value)),
        Val::Option(Some(value)) | Val::Variant(_, Some(value)) | Val::Result(Ok(Some(value)) | Err(Some(value))) => {
            release(store, value)
        }
        _ => Ok(()),
    }
}

/// Bytes that an argument takes in the host, roughly.
fn weight(value: &Val) -> usize {
    size_of::<Val>()
        + match value {
            Val::String(text) | Val::Enum(text) => text.len(),
            Val::List(values) | Val::Tuple(values) => values.iter().map(weight).sum(),
            Val::Record(fields) => fields.iter().map(|(_, value)| weight(value)).sum(),
            Val::Option(value) | Val::Variant(_, value) | Val::Result(Ok(value) | Err(value)) => {
                value.as_deref().map_or(0, weight)
            }
            _ => 0,
        }
}
