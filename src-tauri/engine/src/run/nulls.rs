//! How often each field is sent as null.

use std::collections::BTreeMap;

use crate::mapping::{column_named, fields};
use crate::store::seal::Seen;
use crate::sync::{FieldValue, NullRule, Sync};
use crate::value::{Cell, Column, RowBatch};

/// Fields looked at; a row's nulls are one bit each.
const MOST: usize = u128::BITS as usize;

/// Counts, field by field, the rows in which it is sent as null.
pub(super) struct Nulls {
    /// Key in the payload, and column; without a column where nulls are left out.
    fields: Vec<(String, Option<usize>)>,
    all: Vec<u64>,
    known: Vec<u64>,
}

/// The nulls of one row.
pub(super) type RowNulls = u128;

impl Nulls {
    /// Counts for the fields of `sync` that come from a column, the first 128 of them.
    pub(super) fn new(sync: &Sync, columns: &[Column]) -> Self {
        let of_column = |field: crate::sync::Field| match field.value {
            FieldValue::Column(name) => {
                let column = column_named(columns, &name).filter(|_| field.null != NullRule::LeaveOut);
                Some((field.key, column))
            }
            FieldValue::Constant(_) => None,
        };
        let fields: Vec<_> = fields(sync, columns).into_iter().filter_map(of_column).take(MOST).collect();
        let zeros = vec![0; fields.len()];
        Self { fields, all: zeros.clone(), known: zeros }
    }

    /// The nulls of a row.
    pub(super) fn of(&self, batch: &RowBatch, row: usize) -> RowNulls {
        let is_null =
            |column: Option<usize>| column.is_some_and(|column| batch.cell(row, column) == Cell::Null);
        let bit = |(place, (_, column)): (usize, &(String, Option<usize>))| {
            if is_null(*column) { 1 << place } else { 0 }
        };
        self.fields.iter().enumerate().map(bit).fold(0, |nulls: u128, bit: u128| nulls | bit)
    }

    /// Counts a row that can be sent; `known` where its record was delivered before.
    pub(super) fn count(&mut self, nulls: RowNulls, known: bool) {
        let mut rest = nulls;
        while rest != 0 {
            let place = rest.trailing_zeros() as usize;
            self.all[place] += 1;
            self.known[place] += u64::from(known);
            rest &= rest - 1;
        }
    }

    /// What the next read is judged by.
    pub(super) fn seen(&self, rows: u64) -> Seen {
        Seen { rows, nulls: self.named(&self.all).collect() }
    }

    /// The same of the records that were delivered before.
    pub(super) fn of_known(&self) -> BTreeMap<String, u64> {
        self.named(&self.known).collect()
    }

    fn named<'a>(&'a self, counts: &'a [u64]) -> impl Iterator<Item = (String, u64)> + 'a {
        self.fields.iter().map(|(key, _)| key.clone()).zip(counts.iter().copied())
    }
}
