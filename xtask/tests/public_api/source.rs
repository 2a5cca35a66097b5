//! A crate's modules, and what its names mean.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use syn::{Attribute, Item, UseTree, Visibility};

use crate::macros::Macro;

/// The way to a module or an item, from the crate's root, which is empty.
pub(crate) type Way = Vec<String>;

pub(crate) struct Source {
    pub(crate) modules: BTreeMap<Way, Vec<Item>>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meaning {
    Module(Way),
    /// What is defined in that module under that name.
    Item(Way, String),
    /// Of another crate, by its whole path.
    Foreign(Way),
}

/// One name that a `use` brings in.
pub(crate) struct Imported {
    /// `*` where it is all of a module.
    pub(crate) name: String,
    pub(crate) path: Way,
}

impl Source {
    /// The crate whose root is this file. Its tests are left out.
    pub(crate) fn read(root: &Path) -> Self {
        let mut source = Self { modules: BTreeMap::new() };
        source.read_module(root, Vec::new());
        source.expand();
        source
    }

    fn read_module(&mut self, file: &Path, way: Way) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let items = syn::parse_file(&text).expect("it compiles").items;
        let folder = file.parent().expect("a folder");
        let folder = match file.file_stem().and_then(|stem| stem.to_str()) {
            Some("lib" | "mod") | None => folder.to_owned(),
            Some(name) => folder.join(name),
        };
        let mut kept = Vec::new();
        for item in items {
            if let Item::Mod(module) = &item {
                if cfgs(&module.attrs).iter().any(|cfg| cfg == "test") {
                    continue;
                }
                assert!(module.content.is_none(), "a module has a file of its own");
                let name = module.ident.to_string();
                let (flat, deep) = (folder.join(format!("{name}.rs")), folder.join(&name).join("mod.rs"));
                self.read_module(if flat.exists() { &flat } else { &deep }, [&way[..], &[name]].concat());
            }
            kept.push(item);
        }
        self.modules.insert(way, kept);
    }

    /// Puts in the place of the crate's own macros what they make.
    fn expand(&mut self) {
        let mut macros = HashMap::new();
        for item in self.modules.values().flatten() {
            if let Item::Macro(rules) = item
                && let Some(name) = &rules.ident
            {
                macros.insert(name.to_string(), Macro::new(rules.mac.tokens.clone()));
            }
        }
        for items in self.modules.values_mut() {
            *items = std::mem::take(items)
                .into_iter()
                .flat_map(|item| match item {
                    Item::Macro(call) if call.ident.is_none() => {
                        let name = &call.mac.path.segments.last().expect("a name").ident;
                        let made = macros[&name.to_string()].expand(call.mac.tokens.clone());
                        syn::parse2::<syn::File>(made).expect("it compiles").items
                    }
                    other => vec![other],
                })
                .collect();
        }
    }

    /// What a path means in a module. `None` for what every module knows, for generics, and for primitive types.
    pub(crate) fn resolve(&self, module: &Way, path: &[String]) -> Option<Meaning> {
        self.resolve_within(module, path, 0)
    }

    fn resolve_within(&self, module: &Way, path: &[String], depth: usize) -> Option<Meaning> {
        let (first, rest) = path.split_first()?;
        if depth > 16 {
            return None;
        }
        let mut meaning = match first.as_str() {
            "crate" => Meaning::Module(Vec::new()),
            "self" => Meaning::Module(module.clone()),
            "super" => Meaning::Module(module[..module.len().checked_sub(1)?].to_vec()),
            name => match self.named(module, name, depth) {
                Some(meaning) => meaning,
                // Another crate, or a generic's own: `E::Output`.
                None if !rest.is_empty() && name.starts_with(char::is_lowercase) => {
                    Meaning::Foreign(vec![first.clone()])
                }
                None => return None,
            },
        };
        for name in rest {
            meaning = match meaning {
                Meaning::Module(way) if name == "super" => Meaning::Module(way[..way.len().checked_sub(1)?].to_vec()),
                Meaning::Module(way) => self.named(&way, name, depth)?,
                // A variant, or an associated type.
                Meaning::Item(..) => return Some(meaning),
                Meaning::Foreign(way) => Meaning::Foreign([&way[..], std::slice::from_ref(name)].concat()),
            };
        }
        Some(meaning)
    }

    fn named(&self, module: &Way, name: &str, depth: usize) -> Option<Meaning> {
        let child = [&module[..], &[name.to_owned()]].concat();
        if self.modules.contains_key(&child) {
            return Some(Meaning::Module(child));
        }
        let items = self.modules.get(module)?;
        if items.iter().any(|item| item_name(item).is_some_and(|found| found == name)) {
            return Some(Meaning::Item(module.clone(), name.to_owned()));
        }
        for item in items {
            let Item::Use(statement) = item else { continue };
            for imported in imports(statement) {
                if imported.name == name && imported.path != [name] {
                    return self.imported(module, statement, &imported.path, depth);
                }
                if imported.name == "*"
                    && let Some(Meaning::Module(way)) = self.resolve_within(module, &imported.path, depth + 1)
                    && way != *module
                    && let Some(meaning) = self.named(&way, name, depth + 1)
                {
                    return Some(meaning);
                }
            }
        }
        None
    }

    fn imported(&self, module: &Way, statement: &syn::ItemUse, path: &[String], depth: usize) -> Option<Meaning> {
        if statement.leading_colon.is_some() {
            return Some(Meaning::Foreign(path.to_vec()));
        }
        self.resolve_within(module, path, depth + 1)
    }
}

/// The names that a `use` brings in.
pub(crate) fn imports(statement: &syn::ItemUse) -> Vec<Imported> {
    fn follow(tree: &UseTree, before: &[String], all: &mut Vec<Imported>) {
        let path = |ident: &syn::Ident| match ident.to_string() {
            itself if itself == "self" => before.to_vec(),
            name => [before, &[name]].concat(),
        };
        match tree {
            UseTree::Path(part) => follow(&part.tree, &[before, &[part.ident.to_string()]].concat(), all),
            UseTree::Name(part) => {
                let path = path(&part.ident);
                all.extend(path.last().cloned().map(|name| Imported { name, path }));
            }
            UseTree::Rename(part) => {
                all.push(Imported { name: part.rename.to_string(), path: path(&part.ident) });
            }
            UseTree::Glob(_) => all.push(Imported { name: "*".to_owned(), path: before.to_vec() }),
            UseTree::Group(group) => group.items.iter().for_each(|tree| follow(tree, before, all)),
        }
    }
    let mut all = Vec::new();
    follow(&statement.tree, &[], &mut all);
    all
}

/// The name under which an item is known in its module.
pub(crate) fn item_name(item: &Item) -> Option<&syn::Ident> {
    match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Const(item) => Some(&item.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

pub(crate) fn visibility(item: &Item) -> Option<&Visibility> {
    match item {
        Item::Struct(item) => Some(&item.vis),
        Item::Enum(item) => Some(&item.vis),
        Item::Trait(item) => Some(&item.vis),
        Item::Type(item) => Some(&item.vis),
        Item::Const(item) => Some(&item.vis),
        Item::Static(item) => Some(&item.vis),
        Item::Fn(item) => Some(&item.vis),
        Item::Union(item) => Some(&item.vis),
        Item::Mod(item) => Some(&item.vis),
        Item::Use(item) => Some(&item.vis),
        _ => None,
    }
}

/// The conditions under which something is built.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<String> {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    let texts = lists.filter_map(|attribute| attribute.meta.require_list().ok()).map(|list| list.tokens.to_string());
    texts.map(|text| text.replace(" (", "(").replace(" ,", ",")).collect()
}
