//! Colours: reading them, cutting them down to what a terminal shows, measuring contrast.

use super::theme::Depth;
use ratatui::style::Color;

/// The 16 colours of ANSI by name, with the values xterm gives them.
const ANSI: [(&str, Color, (u8, u8, u8)); 16] = [
    ("black", Color::Black, (0, 0, 0)),
    ("red", Color::Red, (205, 0, 0)),
    ("green", Color::Green, (0, 205, 0)),
    ("yellow", Color::Yellow, (205, 205, 0)),
    ("blue", Color::Blue, (0, 0, 238)),
    ("magenta", Color::Magenta, (205, 0, 205)),
    ("cyan", Color::Cyan, (0, 205, 205)),
    ("white", Color::Gray, (229, 229, 229)),
    ("bright-black", Color::DarkGray, (127, 127, 127)),
    ("bright-red", Color::LightRed, (255, 0, 0)),
    ("bright-green", Color::LightGreen, (0, 255, 0)),
    ("bright-yellow", Color::LightYellow, (255, 255, 0)),
    ("bright-blue", Color::LightBlue, (92, 92, 255)),
    ("bright-magenta", Color::LightMagenta, (255, 0, 255)),
    ("bright-cyan", Color::LightCyan, (0, 255, 255)),
    ("bright-white", Color::White, (255, 255, 255)),
];

/// Reads `#rrggbb`, `0` to `255`, a name of ANSI's 16, or `default`.
pub fn parse(written: &str) -> Option<Color> {
    if let Some(hex) = written.strip_prefix('#') {
        let value = u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6)?;
        let [_, r, g, b] = value.to_be_bytes();
        return Some(Color::Rgb(r, g, b));
    }
    if written == "default" {
        return Some(Color::Reset);
    }
    let named = ANSI.iter().find(|(name, ..)| *name == written).map(|(_, c, _)| *c);
    named.or_else(|| written.parse().ok().map(Color::Indexed))
}

/// The nearest colour that a terminal of this depth shows; `None` = no colour at all.
pub fn cut(colour: Color, depth: Depth) -> Option<Color> {
    match (depth, colour) {
        (Depth::None, _) => None,
        // The same colour by its number is half as many bytes. Below 22 some people set their own.
        (Depth::True, Color::Rgb(r, g, b)) => {
            let near = nearest_256(r, g, b);
            let same = near >= 22 && rgb(Color::Indexed(near)) == Some((r, g, b));
            Some(if same { Color::Indexed(near) } else { colour })
        }
        (_, Color::Reset) | (Depth::True, _) => Some(colour),
        (Depth::Ansi256, Color::Rgb(r, g, b)) => Some(Color::Indexed(nearest_256(r, g, b))),
        (Depth::Ansi16, Color::Rgb(..) | Color::Indexed(16..)) => rgb(colour).map(nearest_16),
        (Depth::Ansi16, Color::Indexed(n)) => Some(ANSI[usize::from(n)].1),
        _ => Some(colour),
    }
}

/// A colour's red, green and blue; `None` for the terminal's own.
pub fn rgb(colour: Color) -> Option<(u8, u8, u8)> {
    match colour {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some((r, g, b)),
        Color::Indexed(n @ 0..16) => Some(ANSI[usize::from(n)].2),
        Color::Indexed(n @ 16..232) => {
            let n = n - 16;
            Some((
                CUBE[usize::from(n / 36)],
                CUBE[usize::from(n / 6 % 6)],
                CUBE[usize::from(n % 6)],
            ))
        }
        Color::Indexed(n) => {
            let grey = 8 + (n - 232) * 10;
            Some((grey, grey, grey))
        }
        named => ANSI.iter().find(|(_, c, _)| *c == named).map(|(.., rgb)| *rgb),
    }
}

/// Contrast by WCAG 2: 1 (none) to 21.
#[cfg(test)]
pub fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    let linear = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// Steps of the colour cube of xterm's 256.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn nearest_256(r: u8, g: u8, b: u8) -> u8 {
    let step = |c: u8| {
        let near = |i: &usize| CUBE[*i].abs_diff(c);
        (0..6usize).min_by_key(near).unwrap_or(0)
    };
    let (i, j, k) = (step(r), step(g), step(b));
    let cube = u8::try_from(16 + 36 * i + 6 * j + k).unwrap_or(15);
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let grey = u8::try_from(232 + mean.saturating_sub(3).min(235) / 10).unwrap_or(255);
    let off = |n: u8| rgb(Color::Indexed(n)).map_or(u32::MAX, |c| distance(c, (r, g, b)));
    if off(grey) < off(cube) { grey } else { cube }
}

fn nearest_16(colour: (u8, u8, u8)) -> Color {
    let off = |(_, _, c): &&(&str, Color, (u8, u8, u8))| distance(*c, colour);
    ANSI.iter().min_by_key(off).map_or(Color::Reset, |(_, c, _)| *c)
}

/// How far two colours are apart for the eye, roughly: green counts more than blue.
fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let square = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    2 * square(a.0, b.0) + 4 * square(a.1, b.1) + 3 * square(a.2, b.2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("#ff8000", Some(Color::Rgb(255, 128, 0)))]
    #[case("bright-red", Some(Color::LightRed))]
    #[case("208", Some(Color::Indexed(208)))]
    #[case("default", Some(Color::Reset))]
    #[case("#ff80", None)]
    #[case("256", None)]
    #[case("pink", None)]
    fn a_written_colour_is_read(#[case] written: &str, #[case] colour: Option<Color>) {
        assert_eq!(parse(written), colour);
    }

    #[rstest]
    #[case(Color::Rgb(255, 0, 0), Depth::Ansi256, Some(Color::Indexed(196)))]
    #[case(Color::Rgb(128, 128, 128), Depth::Ansi256, Some(Color::Indexed(244)))]
    #[case(Color::Rgb(250, 10, 10), Depth::Ansi16, Some(Color::LightRed))]
    #[case(Color::Indexed(196), Depth::Ansi16, Some(Color::LightRed))]
    #[case(Color::Indexed(1), Depth::Ansi16, Some(Color::Red))]
    #[case(Color::Rgb(135, 175, 255), Depth::True, Some(Color::Indexed(111)))]
    #[case(Color::Rgb(0, 0, 95), Depth::True, Some(Color::Rgb(0, 0, 95)))]
    #[case(Color::Rgb(1, 2, 3), Depth::True, Some(Color::Rgb(1, 2, 3)))]
    #[case(Color::Reset, Depth::Ansi16, Some(Color::Reset))]
    #[case(Color::Red, Depth::None, None)]
    fn a_colour_is_cut_to_the_terminal(
        #[case] colour: Color,
        #[case] depth: Depth,
        #[case] shown: Option<Color>,
    ) {
        assert_eq!(cut(colour, depth), shown);
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 0.01);
        assert!((contrast((119, 119, 119), (255, 255, 255)) - 4.48).abs() < 0.01);
    }
}
