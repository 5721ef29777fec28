//! A statement and its values in one text, for the one exchange of the simple query protocol.
//!
//! There is no escaping that could go wrong: a text stands as hexadecimal digits that the server
//! decodes, a number as its digits.

use std::fmt::Write as _;

use sea_orm::{Statement, Value};

/// The whole statement; none where a value is of another kind than text and 64-bit numbers, or the
/// places do not fit the values.
pub(crate) fn whole(statement: &Statement) -> Option<String> {
    let values = statement.values.as_ref().map_or(&[][..], |it| &it.0);
    let mut rest = statement.sql.as_str();
    let mut whole = String::with_capacity(rest.len() + values.len() * 128);
    while let Some(place) = next_place(rest) {
        whole.push_str(&rest[..place.start]);
        let digits = &rest[place.start + 1..place.end];
        let index = digits.parse::<usize>().ok()?.checked_sub(1)?;
        write_value(&mut whole, values.get(index)?)?;
        rest = &rest[place.end..];
    }
    whole.push_str(rest);
    Some(whole)
}

/// Where the next `$1` stands that is not within a name or a text.
fn next_place(sql: &str) -> Option<std::ops::Range<usize>> {
    let mut quote = None;
    for (start, byte) in sql.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'$') => {
                let digits = sql[start + 1..].bytes().take_while(u8::is_ascii_digit);
                return Some(start..start + 1 + digits.count());
            }
            _ => {}
        }
    }
    None
}

fn write_value(sql: &mut String, value: &Value) -> Option<()> {
    match value {
        // Quoted, since the lowest of them is a minus and a number that is too large.
        Value::BigInt(Some(number)) => write!(sql, "CAST('{number}' AS bigint)").ok(),
        Value::String(Some(text)) => {
            sql.push_str("convert_from(decode('");
            for byte in text.bytes() {
                write!(sql, "{byte:02x}").ok()?;
            }
            sql.push_str("','hex'),'UTF8')");
            Some(())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::DbBackend;

    use super::*;

    fn inlined(sql: &str, values: Vec<Value>) -> Option<String> {
        whole(&Statement::from_sql_and_values(
            DbBackend::Postgres,
            sql,
            values,
        ))
    }

    #[test]
    fn places_outside_of_quotes_are_filled_in_their_order() {
        let sql = r#"SELECT '$1', "a$2" WHERE a = $2 AND b < $1"#;
        let values = vec![Value::from(-7_i64), Value::from("o'k")];
        let expected = "SELECT '$1', \"a$2\" WHERE a = convert_from(decode('6f276b','hex'),'UTF8') \
                        AND b < CAST('-7' AS bigint)";
        assert_eq!(inlined(sql, values).as_deref(), Some(expected));
    }

    #[test]
    fn what_cannot_be_written_without_escaping_is_left_to_the_other_way() {
        assert_eq!(inlined("SELECT $1", vec![Value::from(1.5_f64)]), None);
        assert_eq!(inlined("SELECT $1", vec![Value::String(None)]), None);
        assert_eq!(inlined("SELECT $2", vec![Value::from(1_i64)]), None);
        assert_eq!(inlined("SELECT $0", vec![Value::from(1_i64)]), None);
    }

    proptest! {
        #[test]
        fn a_text_adds_digits_and_nothing_else(text in any::<String>()) {
            let whole = inlined("$1", vec![Value::from(text.clone())]).unwrap();
            let digits = whole
                .strip_prefix("convert_from(decode('")
                .and_then(|rest| rest.strip_suffix("','hex'),'UTF8')"))
                .unwrap();
            prop_assert!(digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
            prop_assert_eq!(digits.len(), text.len() * 2);
        }
    }
}
