//! Keys with dots and brackets: `company.name`, `tags[0]`.

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key of an object.
    Key(String),
    /// A place in a list.
    Index(usize),
}

/// Places in a list, at most; a typing error must not make a payload of gigabytes.
const LONGEST_LIST: usize = 1_000;

/// The key that a path begins with; `None` where it is none or begins with a place in a list.
pub fn first_key(path: &str) -> Option<String> {
    match parse_path(path).ok()?.into_iter().next()? {
        Step::Key(name) => Some(name),
        Step::Index(_) => None,
    }
}

/// Reads a key. Dots nest, `[n]` makes lists; a backslash takes the next character as it is.
pub fn parse_path(text: &str) -> Result<Vec<Step>, &'static str> {
    let mut steps = Vec::new();
    let mut key = String::new();
    let mut chars = text.chars().peekable();
    let mut after_index = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => key.push(chars.next().ok_or("ends with a backslash")?),
            '.' => {
                if key.is_empty() && !after_index {
                    return Err("has an empty part");
                }
                if !key.is_empty() {
                    steps.push(Step::Key(std::mem::take(&mut key)));
                }
                after_index = false;
                if chars.peek().is_none() {
                    return Err("ends with a dot");
                }
            }
            '[' => {
                if !key.is_empty() {
                    steps.push(Step::Key(std::mem::take(&mut key)));
                } else if !after_index {
                    return Err("has a list without a name");
                }
                let digits: String = std::iter::from_fn(|| chars.next_if(char::is_ascii_digit)).collect();
                let index = digits.parse().map_err(|_| "needs a number in the brackets")?;
                if chars.next() != Some(']') {
                    return Err("needs a closing bracket");
                }
                if index >= LONGEST_LIST {
                    return Err("has a list that is too long");
                }
                steps.push(Step::Index(index));
                after_index = true;
            }
            _ if after_index => return Err("needs a dot after the bracket"),
            _ => key.push(c),
        }
    }
    if !key.is_empty() {
        steps.push(Step::Key(key));
    }
    if steps.is_empty() { Err("is empty") } else { Ok(steps) }
}

/// The key that stands for exactly this name, without nesting.
pub fn literal(name: &str) -> String {
    name.replace('\\', "\\\\").replace('.', "\\.").replace('[', "\\[")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dots_nest_and_brackets_make_lists() {
        let key = |text: &str| Step::Key(text.into());
        assert_eq!(parse_path("a"), Ok(vec![key("a")]));
        assert_eq!(parse_path("company.name"), Ok(vec![key("company"), key("name")]));
        assert_eq!(parse_path("tags[0].label"), Ok(vec![key("tags"), Step::Index(0), key("label")]));
        assert_eq!(parse_path("a\\.b"), Ok(vec![key("a.b")]));
    }

    #[test]
    fn what_is_no_path_says_why() {
        for bad in ["", ".", "a.", ".a", "a..b", "[0]", "a[x]", "a[1", "a[9999]", "a[0]b", "a\\"] {
            assert!(parse_path(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn a_literal_is_one_key(name in ".{1,20}") {
            prop_assert_eq!(parse_path(&literal(&name)), Ok(vec![Step::Key(name)]));
        }
    }
}
