//! What of a crate can be named from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, Token, Type, Visibility};

use crate::source::{Meaning, Source, Way, cfgs, imports, item_name, visibility};

/// The public API of a crate.
pub(crate) struct Surface {
    /// Under each public module and each name what is there.
    modules: BTreeMap<Way, BTreeMap<String, String>>,
    /// The crates whose types stand in signatures, and where.
    pub(crate) foreign: BTreeMap<String, BTreeSet<String>>,
}

/// Something that can be named, by one of its names.
struct Named {
    way: Way,
    name: String,
    conditions: Vec<String>,
    meaning: Meaning,
}

impl Surface {
    /// Of the crate whose root is this file.
    pub(crate) fn of(root: &Path) -> Self {
        let source = Source::read(root);
        let mut named = Vec::new();
        collect(&source, &Vec::new(), &Vec::new(), &[], &mut named);
        // What has several names is shown under the shortest, and the others point there.
        named.sort_by_key(|named| (named.way.len(), named.way.clone(), named.name.clone()));
        let mut surface = Self { modules: BTreeMap::new(), foreign: BTreeMap::new() };
        let mut shown: BTreeMap<Meaning, String> = BTreeMap::new();
        for Named { way, name, conditions, meaning } in &named {
            let full = [&["probity".to_owned()], &way[..], std::slice::from_ref(name)].concat().join("::");
            let text = match (shown.get(meaning), meaning) {
                (Some(first), _) => format!("pub use {first};\n"),
                (None, Meaning::Foreign(path)) => {
                    surface.foreign.entry(path[0].clone()).or_default().insert(format!("re-export of {name}"));
                    format!("pub use {};\n", path.join("::"))
                }
                (None, Meaning::Item(module, name)) => surface.item(&source, &named, module, name),
                (None, Meaning::Module(_)) => continue,
            };
            shown.entry(meaning.clone()).or_insert(full);
            let text = if conditions.is_empty() { text } else { format!("// if {}\n{text}", conditions.join(", ")) };
            surface.modules.entry(way.clone()).or_default().insert(name.clone(), text);
        }
        surface
    }

    /// An item with all that is public of it.
    fn item(&mut self, source: &Source, named: &[Named], module: &Way, name: &str) -> String {
        let found = source.modules[module].iter().find(|item| item_name(item).is_some_and(|found| found == name));
        let item = shorn(found.expect("what resolves is there").clone());
        let mut foreign = Foreign { source, module, at: name.to_owned(), found: &mut self.foreign };
        foreign.visit_item(&item);
        let mut text = written(vec![item]);

        let mut impls = Vec::new();
        for (of, items) in &source.modules {
            for item in items {
                let Item::Impl(block) = item else { continue };
                if subject(source, of, block) != Some(Meaning::Item(module.clone(), name.to_owned())) {
                    continue;
                }
                let Some(block) = public_part(source, named, of, block) else { continue };
                for part in &block.items {
                    let at = match part {
                        ImplItem::Fn(method) => format!("{} of {name}", method.sig.ident),
                        _ => name.to_owned(),
                    };
                    Foreign { source, module: of, at, found: &mut self.foreign }.visit_impl_item(part);
                }
                let mut head = block.clone();
                head.items.clear();
                Foreign { source, module: of, at: name.to_owned(), found: &mut self.foreign }.visit_item_impl(&head);
                impls.push((block.trait_.is_some(), written(vec![Item::Impl(block)])));
            }
        }
        impls.sort();
        text.extend(impls.into_iter().map(|(_, text)| text));
        text
    }
}

/// All names that a module makes public, and under which conditions.
fn collect(source: &Source, module: &Way, way: &Way, conditions: &[String], named: &mut Vec<Named>) {
    for item in &source.modules[module] {
        if !matches!(visibility(item), Some(Visibility::Public(_))) {
            continue;
        }
        let mut here = conditions.to_vec();
        for condition in cfgs(attributes(item)) {
            if !here.contains(&condition) {
                here.push(condition);
            }
        }
        let mut add = |name: String, meaning: Meaning| match meaning {
            Meaning::Module(inner) => collect(source, &inner, &[&way[..], &[name]].concat(), &here, named),
            meaning => named.push(Named { way: way.clone(), name, conditions: here.clone(), meaning }),
        };
        match item {
            Item::Mod(inner) => {
                let name = inner.ident.to_string();
                add(name.clone(), Meaning::Module([&module[..], &[name]].concat()));
            }
            Item::Use(statement) => {
                for imported in imports(statement) {
                    let meaning = match statement.leading_colon {
                        None => source.resolve(module, &imported.path),
                        Some(_) => None,
                    };
                    add(imported.name, meaning.unwrap_or(Meaning::Foreign(imported.path)));
                }
            }
            item => {
                let name = item_name(item).expect("it has a name").to_string();
                add(name.clone(), Meaning::Item(module.clone(), name));
            }
        }
    }
}

/// Which of the crate's own types an `impl` is of: `Id` in `impl Id`, and in `impl From<Id> for String` too.
fn subject(source: &Source, module: &Way, block: &ItemImpl) -> Option<Meaning> {
    let own = |of: &Type| match of {
        Type::Path(of) => source.resolve(module, &path_of(&of.path)).filter(|found| matches!(found, Meaning::Item(..))),
        _ => None,
    };
    own(&block.self_ty).or_else(|| {
        let syn::PathArguments::AngleBracketed(arguments) = &block.trait_.as_ref()?.1.segments.last()?.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::Type(of) => own(of),
            _ => None,
        })
    })
}

/// Of an `impl` what can be called or relied on from outside; `None` where that is nothing.
fn public_part(source: &Source, named: &[Named], module: &Way, block: &ItemImpl) -> Option<ItemImpl> {
    let mut block = block.clone();
    if cfgs(&block.attrs).iter().any(|condition| condition == "test") {
        return None;
    }
    if let Some((_, path, _)) = &block.trait_ {
        // A trait of this crate's own that nobody else can name.
        if let Some(meaning @ Meaning::Item(..)) = source.resolve(module, &path_of(path))
            && !named.iter().any(|named| named.meaning == meaning)
        {
            return None;
        }
        block.items.retain(|item| matches!(item, ImplItem::Const(_) | ImplItem::Type(_)));
    } else {
        block.items.retain(|item| match item {
            ImplItem::Fn(method) => matches!(method.vis, Visibility::Public(_)),
            ImplItem::Const(constant) => matches!(constant.vis, Visibility::Public(_)),
            _ => false,
        });
        if block.items.is_empty() {
            return None;
        }
    }
    block.attrs.retain(is_told);
    for item in &mut block.items {
        match item {
            ImplItem::Fn(method) => {
                method.attrs.retain(is_told);
                method.block.stmts.clear();
                unnamed(&mut method.sig);
            }
            ImplItem::Const(constant) => constant.attrs.retain(is_told),
            ImplItem::Type(alias) => alias.attrs.retain(is_told),
            _ => {}
        }
    }
    Some(block)
}

/// `mut self` and `mut name` are no part of a signature.
fn unnamed(signature: &mut syn::Signature) {
    for input in &mut signature.inputs {
        match input {
            syn::FnArg::Receiver(receiver) if receiver.reference.is_none() => receiver.mutability = None,
            syn::FnArg::Receiver(_) => {}
            syn::FnArg::Typed(argument) => {
                if let syn::Pat::Ident(name) = &mut *argument.pat {
                    name.mutability = None;
                }
            }
        }
    }
}

/// An item without its documentation, its bodies and what is private of it.
fn shorn(mut item: Item) -> Item {
    match &mut item {
        Item::Struct(item) => {
            item.attrs.retain(is_told);
            public_fields(&mut item.fields);
        }
        Item::Enum(item) => {
            item.attrs.retain(is_told);
            for variant in &mut item.variants {
                variant.attrs.retain(is_told);
                variant.fields.iter_mut().for_each(|field| field.attrs.retain(is_told));
            }
        }
        Item::Trait(item) => {
            item.attrs.retain(is_told);
            for part in &mut item.items {
                match part {
                    syn::TraitItem::Fn(method) => {
                        method.attrs.retain(is_told);
                        unnamed(&mut method.sig);
                        // That it has a default is part of the contract; what it does is not.
                        if let Some(block) = &mut method.default {
                            *block = syn::parse_quote!({ default });
                        }
                    }
                    syn::TraitItem::Type(alias) => alias.attrs.retain(is_told),
                    syn::TraitItem::Const(constant) => constant.attrs.retain(is_told),
                    _ => {}
                }
            }
        }
        Item::Fn(item) => {
            item.attrs.retain(is_told);
            item.block.stmts.clear();
            unnamed(&mut item.sig);
        }
        Item::Type(item) => item.attrs.retain(is_told),
        Item::Const(item) => item.attrs.retain(is_told),
        _ => {}
    }
    item
}

/// Leaves the public fields, and of the private ones that there are some.
fn public_fields(fields: &mut Fields) {
    let is_public = |field: &syn::Field| matches!(field.vis, Visibility::Public(_));
    let hidden: syn::Field = syn::parse_quote!(_private: ());
    match fields {
        Fields::Named(named) => {
            let all = named.named.len();
            named.named = std::mem::take(&mut named.named).into_iter().filter(is_public).collect();
            if named.named.len() < all {
                named.named.push(hidden);
            }
        }
        Fields::Unnamed(unnamed) => {
            for field in &mut unnamed.unnamed {
                if !is_public(field) {
                    field.ty = syn::parse_quote!(_);
                }
            }
        }
        Fields::Unit => {}
    }
    fields.iter_mut().for_each(|field| field.attrs.retain(is_told));
}

/// What a user may depend on: conditions, derived traits, and what the compiler asks of them.
fn is_told(attribute: &Attribute) -> bool {
    ["cfg", "derive", "non_exhaustive", "must_use", "deprecated", "from", "default"]
        .iter()
        .any(|name| attribute.path().is_ident(name))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn path_of(path: &syn::Path) -> Way {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// As rustfmt would write it, with `;` for a body.
fn written(items: Vec<Item>) -> String {
    let text = prettyplease::unparse(&syn::File { shebang: None, attrs: Vec::new(), items });
    let text = text.replace(" {\n        default\n    }", " { … }");
    let lines = text.lines().map(|line| match line.strip_suffix(" {}") {
        Some(head) if !head.starts_with("impl") && !head.starts_with("pub struct") => format!("{head};\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

/// Finds the types of other crates.
struct Foreign<'a> {
    source: &'a Source,
    module: &'a Way,
    /// Where it is.
    at: String,
    found: &'a mut BTreeMap<String, BTreeSet<String>>,
}

impl Visit<'_> for Foreign<'_> {
    fn visit_path(&mut self, path: &syn::Path) {
        if let Some(Meaning::Foreign(way)) = self.source.resolve(self.module, &path_of(path))
            && !matches!(way[0].as_str(), "std" | "core" | "alloc")
        {
            self.found.entry(way[0].clone()).or_default().insert(self.at.clone());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_attribute(&mut self, attribute: &Attribute) {
        if !attribute.path().is_ident("derive") {
            return;
        }
        let derived = attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated);
        for path in derived.unwrap_or_else(|error| panic!("{}: {error}", attribute.to_token_stream())) {
            // What is derived is an `impl` of the crate's trait; thiserror's is that of `std`.
            if path.segments[0].ident != "thiserror" {
                self.visit_path(&path);
            }
        }
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let foreign: Vec<_> = self.foreign.keys().map(String::as_str).collect();
        writeln!(f, "Types of these crates stand in the signatures: {}", foreign.join(", "))?;
        for (way, items) in &self.modules {
            let name = [&["probity".to_owned()], &way[..]].concat().join("::");
            writeln!(f, "\n// ── {name} ──")?;
            for text in items.values() {
                write!(f, "\n{text}")?;
            }
        }
        Ok(())
    }
}
