//! The outlines of shapes and lines.

use tiny_skia::{Path, PathBuilder, Rect};

/// A corner, in parts of the width and the height.
type Corner = (f32, f32);

/// What has straight sides only.
const POLYGONS: [(&str, &[Corner]); 18] = [
    ("TRIANGLE", &[(0.5, 0.0), (1.0, 1.0), (0.0, 1.0)]),
    ("RIGHT_TRIANGLE", &[(0.0, 0.0), (1.0, 1.0), (0.0, 1.0)]),
    ("DIAMOND", &[(0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)]),
    (
        "PARALLELOGRAM",
        &[(0.25, 0.0), (1.0, 0.0), (0.75, 1.0), (0.0, 1.0)],
    ),
    (
        "TRAPEZOID",
        &[(0.25, 0.0), (0.75, 0.0), (1.0, 1.0), (0.0, 1.0)],
    ),
    (
        "PENTAGON",
        &[
            (0.5, 0.0),
            (1.0, 0.38),
            (0.81, 1.0),
            (0.19, 1.0),
            (0.0, 0.38),
        ],
    ),
    (
        "HEXAGON",
        &[
            (0.25, 0.0),
            (0.75, 0.0),
            (1.0, 0.5),
            (0.75, 1.0),
            (0.25, 1.0),
            (0.0, 0.5),
        ],
    ),
    (
        "OCTAGON",
        &[
            (0.29, 0.0),
            (0.71, 0.0),
            (1.0, 0.29),
            (1.0, 0.71),
            (0.71, 1.0),
            (0.29, 1.0),
            (0.0, 0.71),
            (0.0, 0.29),
        ],
    ),
    (
        "CHEVRON",
        &[
            (0.0, 0.0),
            (0.75, 0.0),
            (1.0, 0.5),
            (0.75, 1.0),
            (0.0, 1.0),
            (0.25, 0.5),
        ],
    ),
    (
        "HOME_PLATE",
        &[(0.0, 0.0), (0.75, 0.0), (1.0, 0.5), (0.75, 1.0), (0.0, 1.0)],
    ),
    (
        "RIGHT_ARROW",
        &[
            (0.0, 0.25),
            (0.6, 0.25),
            (0.6, 0.0),
            (1.0, 0.5),
            (0.6, 1.0),
            (0.6, 0.75),
            (0.0, 0.75),
        ],
    ),
    (
        "LEFT_ARROW",
        &[
            (1.0, 0.25),
            (0.4, 0.25),
            (0.4, 0.0),
            (0.0, 0.5),
            (0.4, 1.0),
            (0.4, 0.75),
            (1.0, 0.75),
        ],
    ),
    (
        "UP_ARROW",
        &[
            (0.25, 1.0),
            (0.25, 0.4),
            (0.0, 0.4),
            (0.5, 0.0),
            (1.0, 0.4),
            (0.75, 0.4),
            (0.75, 1.0),
        ],
    ),
    (
        "DOWN_ARROW",
        &[
            (0.25, 0.0),
            (0.25, 0.6),
            (0.0, 0.6),
            (0.5, 1.0),
            (1.0, 0.6),
            (0.75, 0.6),
            (0.75, 0.0),
        ],
    ),
    (
        "LEFT_RIGHT_ARROW",
        &[
            (0.0, 0.5),
            (0.3, 0.0),
            (0.3, 0.25),
            (0.7, 0.25),
            (0.7, 0.0),
            (1.0, 0.5),
            (0.7, 1.0),
            (0.7, 0.75),
            (0.3, 0.75),
            (0.3, 1.0),
        ],
    ),
    (
        "PLUS",
        &[
            (0.33, 0.0),
            (0.67, 0.0),
            (0.67, 0.33),
            (1.0, 0.33),
            (1.0, 0.67),
            (0.67, 0.67),
            (0.67, 1.0),
            (0.33, 1.0),
            (0.33, 0.67),
            (0.0, 0.67),
            (0.0, 0.33),
            (0.33, 0.33),
        ],
    ),
    (
        "STAR_5",
        &[
            (0.5, 0.0),
            (0.62, 0.38),
            (1.0, 0.38),
            (0.69, 0.62),
            (0.81, 1.0),
            (0.5, 0.76),
            (0.19, 1.0),
            (0.31, 0.62),
            (0.0, 0.38),
            (0.38, 0.38),
        ],
    ),
    (
        "STAR_4",
        &[
            (0.5, 0.0),
            (0.63, 0.37),
            (1.0, 0.5),
            (0.63, 0.63),
            (0.5, 1.0),
            (0.37, 0.63),
            (0.0, 0.5),
            (0.37, 0.37),
        ],
    ),
];

/// The outline of a shape; of those that are not known, that of a rectangle.
pub(super) fn path(shape: &str, width: f32, height: f32) -> Option<Path> {
    let rect = Rect::from_xywh(0.0, 0.0, width, height)?;
    if let Some((_, corners)) = POLYGONS.iter().find(|(name, _)| *name == shape) {
        let mut path = PathBuilder::new();
        for (at, (x, y)) in corners.iter().enumerate() {
            if at == 0 {
                path.move_to(x * width, y * height);
            } else {
                path.line_to(x * width, y * height);
            }
        }
        path.close();
        return path.finish();
    }
    match shape {
        "ELLIPSE" | "CLOUD" | "DONUT" | "HEART" | "FLOW_CHART_CONNECTOR" => {
            PathBuilder::from_oval(rect)
        }
        "ROUND_RECTANGLE" | "FLOW_CHART_ALTERNATE_PROCESS" => round(width, height),
        _ => Some(PathBuilder::from_rect(rect)),
    }
}

fn round(width: f32, height: f32) -> Option<Path> {
    let radius = width.min(height) / 6.0;
    let (right, bottom) = (width - radius, height - radius);
    let mut path = PathBuilder::new();
    path.move_to(radius, 0.0);
    path.line_to(right, 0.0);
    path.quad_to(width, 0.0, width, radius);
    path.line_to(width, bottom);
    path.quad_to(width, height, right, height);
    path.line_to(radius, height);
    path.quad_to(0.0, height, 0.0, bottom);
    path.line_to(0.0, radius);
    path.quad_to(0.0, 0.0, radius, 0.0);
    path.close();
    path.finish()
}

/// A line from one corner of its box to the other.
pub(super) fn connector(category: &str, width: f32, height: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    let middle = width / 2.0;
    path.move_to(0.0, 0.0);
    match category {
        "BENT" => {
            path.line_to(middle, 0.0);
            path.line_to(middle, height);
            path.line_to(width, height);
        }
        "CURVED" => path.cubic_to(middle, 0.0, middle, height, width, height),
        _ => path.line_to(width, height),
    }
    path.finish()
}

/// The head of an arrow at an end of a line.
pub(super) fn arrow(
    width: f32,
    height: f32,
    weight: f32,
    at_end: bool,
    is_bent: bool,
) -> Option<Path> {
    let (dx, dy) = if is_bent {
        (width, 0.0)
    } else {
        (width, height)
    };
    let long = dx.hypot(dy);
    if long == 0.0 {
        return None;
    }
    let sign = if at_end { 1.0 } else { -1.0 };
    let (dx, dy) = (sign * dx / long, sign * dy / long);
    let (x, y) = if at_end { (width, height) } else { (0.0, 0.0) };
    let size = (weight * 4.0).max(6.0);
    let (back_x, back_y) = (x - dx * size, y - dy * size);
    let mut path = PathBuilder::new();
    path.move_to(x, y);
    path.line_to(back_x - dy * size / 2.0, back_y + dx * size / 2.0);
    path.line_to(back_x + dy * size / 2.0, back_y - dx * size / 2.0);
    path.close();
    path.finish()
}
