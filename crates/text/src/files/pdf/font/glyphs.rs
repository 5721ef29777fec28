//! The names of glyphs that Western fonts use.

/// Names and what they mean, for all that is not a single letter.
const NAMES: &str = "
space  exclam ! quotedbl \" numbersign # dollar $ percent % ampersand & quotesingle ' parenleft ( parenright ) asterisk *
plus + comma , hyphen - period . slash / zero 0 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 colon :
semicolon ; less < equal = greater > question ? at @ bracketleft [ backslash \\ bracketright ] asciicircum ^ underscore _
grave ` braceleft { bar | braceright } asciitilde ~ exclamdown ¡ cent ¢ sterling £ currency ¤ yen ¥ brokenbar ¦ section §
dieresis ¨ copyright © ordfeminine ª guillemotleft « logicalnot ¬ registered ® macron ¯ degree ° plusminus ± acute ´ mu µ
paragraph ¶ periodcentered · cedilla ¸ onesuperior ¹ twosuperior ² threesuperior ³ ordmasculine º guillemotright »
onequarter ¼ onehalf ½ threequarters ¾ questiondown ¿ multiply × divide ÷ minus − fraction ⁄ bullet • ellipsis …
quoteleft ‘ quoteright ’ quotedblleft “ quotedblright ” quotesinglbase ‚ quotedblbase „ guilsinglleft ‹ guilsinglright ›
endash – emdash — dagger † daggerdbl ‡ perthousand ‰ Euro € florin ƒ trademark ™ circumflex ˆ tilde ˜ breve ˘ dotaccent ˙
ring ˚ ogonek ˛ caron ˇ hungarumlaut ˝ dotlessi ı fi fi fl fl ff ff ffi ffi ffl ffl AE Æ ae æ OE Œ oe œ Oslash Ø oslash ø
Lslash Ł lslash ł germandbls ß Eth Ð eth ð Thorn Þ thorn þ Dcroat Đ dcroat đ
Agrave À Aacute Á Acircumflex Â Atilde Ã Adieresis Ä Aring Å Ccedilla Ç Egrave È Eacute É Ecircumflex Ê Edieresis Ë
Igrave Ì Iacute Í Icircumflex Î Idieresis Ï Ntilde Ñ Ograve Ò Oacute Ó Ocircumflex Ô Otilde Õ Odieresis Ö Ugrave Ù Uacute Ú
Ucircumflex Û Udieresis Ü Yacute Ý agrave à aacute á acircumflex â atilde ã adieresis ä aring å ccedilla ç egrave è eacute é
ecircumflex ê edieresis ë igrave ì iacute í icircumflex î idieresis ï ntilde ñ ograve ò oacute ó ocircumflex ô otilde õ
odieresis ö ugrave ù uacute ú ucircumflex û udieresis ü yacute ý ydieresis ÿ Ydieresis Ÿ
Abreve Ă abreve ă Amacron Ā amacron ā Aogonek Ą aogonek ą Cacute Ć cacute ć Ccaron Č ccaron č Dcaron Ď dcaron ď Ecaron Ě
ecaron ě Edotaccent Ė edotaccent ė Emacron Ē emacron ē Eogonek Ę eogonek ę Gbreve Ğ gbreve ğ Gcommaaccent Ģ gcommaaccent ģ
Idotaccent İ Imacron Ī imacron ī Iogonek Į iogonek į Kcommaaccent Ķ kcommaaccent ķ Lacute Ĺ lacute ĺ Lcaron Ľ lcaron ľ
Lcommaaccent Ļ lcommaaccent ļ Nacute Ń nacute ń Ncaron Ň ncaron ň Ncommaaccent Ņ ncommaaccent ņ Ohungarumlaut Ő
ohungarumlaut ő Omacron Ō omacron ō Racute Ŕ racute ŕ Rcaron Ř rcaron ř Sacute Ś sacute ś Scaron Š scaron š Scedilla Ş
scedilla ş Scommaaccent Ș scommaaccent ș Tcaron Ť tcaron ť Tcommaaccent Ț tcommaaccent ț Uhungarumlaut Ű uhungarumlaut ű
Umacron Ū umacron ū Uogonek Ų uogonek ų Uring Ů uring ů Zacute Ź zacute ź Zcaron Ž zcaron ž Zdotaccent Ż zdotaccent ż
alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ nu ν xi ξ omicron ο pi π rho ρ sigma σ
tau τ upsilon υ phi φ chi χ psi ψ omega ω Gamma Γ Delta ∆ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω
infinity ∞ partialdiff ∂ summation ∑ product ∏ radical √ integral ∫ approxequal ≈ notequal ≠ lessequal ≤ greaterequal ≥
lozenge ◊ arrowleft ← arrowup ↑ arrowright → arrowdown ↓ checkmark ✓ blackcircle ● square □ sfthyphen -";

/// What a glyph's name means: `uni0041` and `u1F600` say it themselves, and `a.sc` is an `a`.
pub(super) fn text(name: &str) -> Option<String> {
    let name = name.split('.').next().filter(|name| !name.is_empty())?;
    if name.chars().count() == 1 {
        return Some(name.to_owned());
    }
    if let "space" | "nbspace" = name {
        return Some(" ".to_owned());
    }
    let mut words = NAMES.split_whitespace();
    if words.by_ref().any(|word| word == name) {
        return words.next().map(str::to_owned);
    }
    let digits = name
        .strip_prefix("uni")
        .or_else(|| name.strip_prefix('u'))?;
    let digits = digits.get(
        ..digits
            .len()
            .min(if name.starts_with("uni") { 4 } else { 6 }),
    )?;
    let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    (digits.len() >= 4).then(|| c.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_what_they_say() {
        for (name, expected) in [
            ("A", Some("A")),
            ("eacute", Some("é")),
            ("Zdotaccent", Some("Ż")),
            ("space", Some(" ")),
            ("ffi", Some("ffi")),
            ("one.oldstyle", Some("1")),
            ("uni20AC", Some("€")),
            ("u1F600", Some("\u{1f600}")),
            ("g123", None),
            ("uniXYZ", None),
            (".notdef", None),
            ("", None),
        ] {
            assert_eq!(text(name).as_deref(), expected, "{name}");
        }
        // One name too few would turn all behind it into meanings.
        assert_eq!(text("zdotaccent").as_deref(), Some("ż"));
        assert_eq!(text("checkmark").as_deref(), Some("✓"));
    }
}
