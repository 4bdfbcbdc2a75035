//! Text with columns in braces: `{first_name} {last_name}`.

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePart {
    /// Text that stands in every value.
    Text(String),
    /// The value of the column of this name.
    Column(String),
}

impl TemplatePart {
    /// The column's name, where it is one.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Column(name) => Some(name),
        }
    }
}

/// Reads a template: a column's name stands in braces, `{{` and `}}` are the braces themselves. The error ends a
/// sentence that begins with the template.
pub fn template(text: &str) -> Result<Vec<TemplatePart>, &'static str> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.next_if_eq(&c).is_some() => plain.push(c),
            '}' => return Err("has a } without its {; write }} for the sign itself"),
            '{' => {
                let name: String =
                    std::iter::from_fn(|| chars.next_if(|c| !matches!(c, '{' | '}'))).collect();
                if chars.next() != Some('}') {
                    return Err("has a { without its }; write {{ for the sign itself");
                }
                if name.trim().is_empty() {
                    return Err("has braces without a column");
                }
                if !plain.is_empty() {
                    parts.push(TemplatePart::Text(std::mem::take(&mut plain)));
                }
                parts.push(TemplatePart::Column(name.trim().to_owned()));
            }
            _ => plain.push(c),
        }
    }
    if !plain.is_empty() {
        parts.push(TemplatePart::Text(plain));
    }
    let has_column = parts.iter().any(|part| part.column().is_some());
    if has_column { Ok(parts) } else { Err("names no column; a text that is always the same is a constant") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_braces_and_double_braces_are_braces() {
        let (text, column) =
            (|text: &str| TemplatePart::Text(text.into()), |name: &str| TemplatePart::Column(name.into()));
        assert_eq!(template("{a} { b b }"), Ok(vec![column("a"), text(" "), column("b b")]));
        assert_eq!(template("{{{a}}}, {{}}"), Ok(vec![text("{"), column("a"), text("}, {}")]));
        assert_eq!(template("Dr. {name}"), Ok(vec![text("Dr. "), column("name")]));
    }

    #[test]
    fn what_is_no_template_says_why() {
        for bad in ["", "text", "{{a}}", "{a", "a}", "{}", "{ }", "{a{b}}", "{a}}"] {
            assert!(template(bad).is_err(), "{bad:?}");
        }
    }
}
