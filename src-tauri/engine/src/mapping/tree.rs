//! The nested object a mapping writes.

use super::made::{Disguise, Made};
use super::path::{Step, parse_path};
use super::{FieldProblem, find};
use crate::sync::{Field, FieldValue, NullRule};
use crate::value::{Cell, Column, RowBatch, write_string};

/// A node of the payload.
enum Node {
    Object(Vec<Entry>),
    List(Vec<Option<Node>>),
    Column { column: usize, null: NullRule },
    Made { made: Made, null: NullRule },
    Constant(Vec<u8>),
}

struct Entry {
    key: String,
    /// The key as it is written: `"key":`.
    written: Vec<u8>,
    node: Node,
}

/// The object all fields make together.
pub(super) struct Tree {
    root: Vec<Entry>,
    columns: Vec<usize>,
}

impl Tree {
    /// Builds the object, and lists what is wrong with fields; those are left out.
    pub(super) fn build(fields: &[Field], columns: &[Column]) -> (Self, Vec<FieldProblem>) {
        let mut tree = Self { root: Vec::new(), columns: Vec::new() };
        let mut problems = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            if let Err(message) = tree.add(field, columns) {
                problems.push(FieldProblem { field: index, message });
            }
        }
        tree.columns.sort_unstable();
        tree.columns.dedup();
        (tree, problems)
    }

    fn add(&mut self, field: &Field, columns: &[Column]) -> Result<(), String> {
        let node = node(field, columns)?;
        match &node {
            Node::Column { column, .. } => self.columns.push(*column),
            Node::Made { made, .. } => self.columns.extend(made.columns()),
            Node::Object(_) | Node::List(_) | Node::Constant(_) => {}
        }
        let steps = parse_path(&field.key).map_err(|reason| format!("the key {reason}"))?;
        let Some((Step::Key(first), rest)) = steps.split_first() else {
            return Err("the key has to begin with a name".into());
        };
        if field.only_if_empty && !rest.is_empty() {
            return Err("a part of a field can not be filled only where it is empty".into());
        }
        insert(&mut self.root, first, rest, node)
    }

    pub(super) fn has_top(&self, key: &str) -> bool {
        self.root.iter().any(|entry| entry.key == key)
    }

    pub(super) fn top_keys(&self) -> impl Iterator<Item = &str> {
        self.root.iter().map(|entry| entry.key.as_str())
    }

    pub(super) fn columns(&self) -> Vec<usize> {
        self.columns.clone()
    }

    pub(super) fn columns_once(&self) -> &[usize] {
        &self.columns
    }

    /// Writes the object of one row; an object without entries is `{}`.
    pub(super) fn write(&self, batch: &RowBatch, row: usize, out: &mut Vec<u8>) {
        if !write_object(&self.root, batch, row, out) {
            out.extend_from_slice(b"{}");
        }
    }
}

/// The value of a field, before it has its place.
fn node(field: &Field, columns: &[Column]) -> Result<Node, String> {
    let null = field.null;
    match (&field.value, Disguise::of(field)?) {
        (FieldValue::Column(name), disguise) => {
            let column =
                find(columns, name).map_err(|_| format!("the column “{name}” is not in the rows"))?;
            Ok(match disguise {
                None => Node::Column { column, null },
                Some(disguise) => Node::Made { made: Made::of_column(column, disguise), null },
            })
        }
        (FieldValue::Template(text), disguise) => {
            Ok(Node::Made { made: Made::of_template(text, disguise, columns)?, null })
        }
        (FieldValue::Constant(_), Some(Disguise::Hash(_))) => {
            Err("a constant is not hashed; write the hash itself".into())
        }
        (FieldValue::Constant(_), Some(Disguise::Mask)) => {
            Err("a constant is not masked; write what is to be sent".into())
        }
        (FieldValue::Constant(value), None) => Ok(Node::Constant(value.to_string().into_bytes())),
    }
}

fn insert(entries: &mut Vec<Entry>, key: &str, rest: &[Step], node: Node) -> Result<(), String> {
    let Some(entry) = entries.iter_mut().find(|entry| entry.key == key) else {
        let mut written = Vec::new();
        write_string(&mut written, key);
        written.push(b':');
        entries.push(Entry { key: key.to_owned(), written, node: nested(rest, node)? });
        return Ok(());
    };
    insert_into(&mut entry.node, rest, node)
}

fn insert_into(existing: &mut Node, rest: &[Step], node: Node) -> Result<(), String> {
    match (existing, rest) {
        (Node::Object(entries), [Step::Key(key), rest @ ..]) => insert(entries, key, rest, node),
        (Node::List(items), [Step::Index(index), rest @ ..]) => {
            if items.len() <= *index {
                items.resize_with(index + 1, || None);
            }
            match &mut items[*index] {
                Some(item) => insert_into(item, rest, node),
                empty => {
                    *empty = Some(nested(rest, node)?);
                    Ok(())
                }
            }
        }
        (Node::Object(_) | Node::List(_), []) => Err("other fields nest inside this key".into()),
        (Node::Column { .. } | Node::Made { .. } | Node::Constant(_), []) => {
            Err("another field has this key".into())
        }
        (Node::Column { .. } | Node::Made { .. } | Node::Constant(_), _) => {
            Err("another field has a value where this one nests".into())
        }
        (Node::Object(_) | Node::List(_), _) => {
            Err("this is a list in one field and an object in another".into())
        }
    }
}

fn nested(steps: &[Step], node: Node) -> Result<Node, String> {
    match steps {
        [] => Ok(node),
        [Step::Key(key), rest @ ..] => {
            let mut entries = Vec::new();
            insert(&mut entries, key, rest, node)?;
            Ok(Node::Object(entries))
        }
        [Step::Index(index), rest @ ..] => {
            let mut items: Vec<Option<Node>> = Vec::new();
            items.resize_with(index + 1, || None);
            items[*index] = Some(nested(rest, node)?);
            Ok(Node::List(items))
        }
    }
}

/// Writes a node; false, and nothing written, where it is left out.
fn write_node(node: &Node, batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> bool {
    match node {
        Node::Constant(json) => out.extend_from_slice(json),
        Node::Object(entries) => return write_object(entries, batch, row, out),
        Node::List(items) => return write_list(items, batch, row, out),
        Node::Column { column, null } => match batch.cell(row, *column) {
            Cell::Json(json) => out.extend_from_slice(json),
            Cell::Null | Cell::Unreadable(_) => return write_null(*null, out),
        },
        Node::Made { made, null } => return made.write(batch, row, out) || write_null(*null, out),
    }
    true
}

fn write_null(rule: NullRule, out: &mut Vec<u8>) -> bool {
    match rule {
        NullRule::Send | NullRule::Clear => out.extend_from_slice(b"null"),
        NullRule::LeaveOut => return false,
    }
    true
}

fn write_object(entries: &[Entry], batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    out.push(b'{');
    for entry in entries {
        let before = out.len();
        if before > start + 1 {
            out.push(b',');
        }
        out.extend_from_slice(&entry.written);
        if !write_node(&entry.node, batch, row, out) {
            out.truncate(before);
        }
    }
    if out.len() == start + 1 {
        out.truncate(start);
        return false;
    }
    out.push(b'}');
    true
}

/// Items left out before the last written one become null, so that the others keep their places.
fn write_list(items: &[Option<Node>], batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let mut end = start;
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if item.as_ref().is_some_and(|node| write_node(node, batch, row, out)) {
            end = out.len();
        } else {
            out.extend_from_slice(b"null");
        }
    }
    out.truncate(end);
    if end == start {
        return false;
    }
    out.push(b']');
    true
}
