//! JSON: what of it a text beside the numbers needs.

/// Appends this value as a JSON string, in its quotes. Whoever chose the value, it cannot leave them.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::json;
///
/// let mut text = String::from("[");
/// json::quote("a\"],\n\u{1}", &mut text);
/// assert_eq!(text, r#"["a\"],\n\u0001""#);
/// ```
pub fn quote(value: &str, text: &mut String) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            c if c < ' ' => {
                text.push_str("\\u00");
                let digit = |four: u32| char::from_digit(four, 16).unwrap_or('0');
                text.extend([digit(u32::from(c) >> 4), digit(u32::from(c) & 15)]);
            }
            c => text.push(c),
        }
    }
    text.push('"');
}
