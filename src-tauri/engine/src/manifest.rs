//! What a connector says about itself. The wizard's form, the documentation's table and the catalogue
//! tests are made from it.

use crate::sync::{Mode, Removal, dialect::Dialect};

/// What a connector says about itself.
#[derive(Debug, Clone, Copy)]
pub struct Manifest {
    /// The word in the workspace file: lower case, unique.
    pub id: &'static str,
    /// The name people know.
    pub label: &'static str,
    /// One sentence about what it is.
    pub summary: &'static str,
    /// What somebody needs at hand before connecting, one line each.
    pub needs: &'static [&'static str],
    /// A script to hand to an administrator, such as one that makes a read-only login.
    pub setup_script: Option<&'static str>,
    /// It finds settings in one pasted thing.
    pub pastes: bool,
    /// The form's fields, in order.
    pub settings: &'static [Setting],
    /// Steps of the connection test, in order: stable name and label.
    pub steps: &'static [(&'static str, &'static str)],
    /// For destinations: what it takes; `None` for warehouses.
    pub destination: Option<Capabilities>,
    /// For warehouses: the SQL a query is written in; `None` for destinations.
    pub dialect: Option<&'static (dyn Dialect + Sync)>,
    /// An SVG document drawn with `currentColor`.
    pub icon: &'static str,
}

/// What a destination can do.
#[derive(Debug, Clone, Copy)]
pub struct Capabilities {
    /// What it takes.
    pub accepts: Accepts,
    /// The modes it can do.
    pub modes: &'static [Mode],
    /// What it can do with a record whose row is gone.
    pub removals: &'static [Removal],
    /// It confirms each record, rather than taking requests whose records it looks at later.
    pub confirms: bool,
    /// Its records can be read by their match field, so that fields are filled only where they are empty.
    pub reads: bool,
}

/// What a destination takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// `identify` and `track` events.
    Events,
    /// Records of an object, matched by a field.
    Records,
    /// Either.
    Both,
}

/// One setting of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The key in the workspace file.
    pub key: &'static str,
    /// The field's label.
    pub label: &'static str,
    /// One sentence under the field.
    pub help: &'static str,
    /// An example of a right value; empty for secrets.
    pub example: &'static str,
    /// Kept in the keychain only.
    pub secret: bool,
    /// Has to be there, while it is shown.
    pub required: bool,
    /// What it is when not given.
    pub default: Option<&'static str>,
    /// How it is entered and checked.
    pub input: Input,
    /// Shown, and required, only while that other setting has one of these values.
    pub only_if: Option<(&'static str, &'static [&'static str])>,
}

/// How a setting is entered and checked.
#[derive(Debug, Clone, Copy)]
pub enum Input {
    /// One line of text.
    Text,
    /// Text of many lines, such as a key or a JSON document; pasted, or dropped as a file.
    Document,
    /// A whole number from 1 to this one.
    Number(u32),
    /// An absolute http(s) address.
    Url,
    /// One of a few values, each with what people read.
    Choice(&'static [(&'static str, &'static str)]),
    /// Path of a file on this computer.
    File,
    /// Path of a folder on this computer.
    Folder,
    /// A secret that signing in in the browser brings. It is kept at once, and never seen by anybody.
    SignIn,
}

impl Input {
    /// A port, or a count that is no larger.
    pub const PORT: Self = Self::Number(65_535);
}

impl Setting {
    /// A required line of text; the base the other fields are set on.
    pub const fn text(
        key: &'static str,
        label: &'static str,
        help: &'static str,
        example: &'static str,
    ) -> Self {
        Self {
            key,
            label,
            help,
            example,
            secret: false,
            required: true,
            default: None,
            input: Input::Text,
            only_if: None,
        }
    }

    /// A required secret.
    pub const fn secret(key: &'static str, label: &'static str, help: &'static str) -> Self {
        Self { secret: true, ..Self::text(key, label, help, "") }
    }

    /// The same, with a default.
    pub const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), required: false, ..self }
    }

    /// The same, not required.
    pub const fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// The same, entered as `input`.
    pub const fn entered_as(self, input: Input) -> Self {
        Self { input, ..self }
    }

    /// The same, shown only while `key` has one of `values`.
    pub const fn only_if(self, key: &'static str, values: &'static [&'static str]) -> Self {
        Self { only_if: Some((key, values)), ..self }
    }
}
