//! Where elements stand: affine transforms.

use serde_json::{Value, json};

use super::deck::POINT;

/// Where an element stands; lengths in EMU.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Transform {
    pub(crate) scale_x: f64,
    pub(crate) scale_y: f64,
    pub(crate) shear_x: f64,
    pub(crate) shear_y: f64,
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Default for Transform {
    fn default() -> Self {
        Self {
            scale_x: 1.0,
            scale_y: 1.0,
            shear_x: 0.0,
            shear_y: 0.0,
            x: 0.0,
            y: 0.0,
        }
    }
}

impl Transform {
    pub(crate) fn at(x: f64, y: f64) -> Self {
        Self {
            x,
            y,
            ..Self::default()
        }
    }

    /// Google's `AffineTransform`; what is absent is 0.
    pub(crate) fn read(value: &Value) -> Self {
        let number = |name: &str| value[name].as_f64().unwrap_or(0.0);
        let unit = if value["unit"] == "PT" { POINT } else { 1.0 };
        Self {
            scale_x: number("scaleX"),
            scale_y: number("scaleY"),
            shear_x: number("shearX"),
            shear_y: number("shearY"),
            x: number("translateX") * unit,
            y: number("translateY") * unit,
        }
    }

    pub(crate) fn json(self) -> Value {
        json!({
            "scaleX": self.scale_x,
            "scaleY": self.scale_y,
            "shearX": self.shear_x,
            "shearY": self.shear_y,
            "translateX": self.x,
            "translateY": self.y,
            "unit": "EMU",
        })
    }

    /// Whether it neither scales nor shears, as far as anybody sees.
    pub(crate) fn only_moves(self) -> bool {
        let parts = [
            self.scale_x - 1.0,
            self.scale_y - 1.0,
            self.shear_x,
            self.shear_y,
        ];
        parts.iter().all(|part| part.abs() < 1e-6)
    }

    /// First `inner`, then this.
    pub(crate) fn after(self, inner: Self) -> Self {
        let (x, y) = self.apply(inner.x, inner.y);
        Self {
            scale_x: self.scale_x * inner.scale_x + self.shear_x * inner.shear_y,
            shear_x: self.scale_x * inner.shear_x + self.shear_x * inner.scale_y,
            shear_y: self.shear_y * inner.scale_x + self.scale_y * inner.shear_y,
            scale_y: self.shear_y * inner.shear_x + self.scale_y * inner.scale_y,
            x,
            y,
        }
    }

    pub(crate) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        (
            self.scale_x * x + self.shear_x * y + self.x,
            self.shear_y * x + self.scale_y * y + self.y,
        )
    }
}
