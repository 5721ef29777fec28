//! Tags that HTML lets people leave out.

use super::Builder;
use crate::html::element::Kind;

impl Builder {
    /// Closes what a start tag closes without saying so.
    pub(super) fn close_implied(&mut self, kind: Kind, name: &str) {
        let closes = match kind {
            Kind::Item => self.open.find(
                |o| o.kind == Kind::Item,
                |o| o.kind.is_barrier() || o.kind == Kind::List,
            ),
            Kind::Row => self.open.find(
                |o| matches!(o.kind, Kind::Row | Kind::Caption),
                |o| o.kind == Kind::Table,
            ),
            Kind::Cell => self.open.find(
                |o| matches!(o.kind, Kind::Cell | Kind::Caption),
                |o| o.kind == Kind::Table,
            ),
            Kind::Head | Kind::RowGroup | Kind::Caption => self.open.find(
                |o| {
                    matches!(
                        o.kind,
                        Kind::Head | Kind::RowGroup | Kind::Row | Kind::Caption
                    )
                },
                |o| matches!(o.kind, Kind::Table | Kind::Cell),
            ),
            Kind::Link => self
                .open
                .find(|o| o.kind == Kind::Link, |o| o.kind.is_barrier()),
            Kind::Block if matches!(name, "dt" | "dd" | "option") => self.open.find(
                |o| matches!(&*o.name, "dt" | "dd" | "option"),
                |o| o.kind.is_barrier() || &*o.name == "dl",
            ),
            _ => None,
        };
        if let Some(at) = closes {
            self.close_down_to(at);
        }
        if kind.ends_paragraph()
            && let Some(at) = self
                .open
                .find(|o| o.kind == Kind::Paragraph, |o| o.kind.is_barrier())
        {
            self.close_down_to(at);
        }
    }

    /// Rows and cells need a table around them, and content of a table needs a cell.
    pub(super) fn fit_into_table(&mut self, kind: Kind) -> Kind {
        let in_skeleton = self.open.in_table_skeleton();
        match kind {
            Kind::Head | Kind::RowGroup | Kind::Row | Kind::Caption | Kind::Cell
                if !in_skeleton =>
            {
                Kind::Block
            }
            Kind::Cell => {
                self.ensure_row();
                kind
            }
            Kind::Link | Kind::Mark(_) | Kind::Table => {
                self.ensure_cell();
                kind
            }
            _ if kind.ends_paragraph() => {
                self.ensure_cell();
                kind
            }
            _ => kind,
        }
    }

    pub(super) fn ensure_row(&mut self) {
        let row = self
            .open
            .find(|o| o.kind == Kind::Row, |o| o.kind == Kind::Table);
        if row.is_none() {
            self.open_plain(Kind::Row, "tr");
        }
    }

    /// Content directly in a table, where no cell is open, gets one.
    pub(super) fn ensure_cell(&mut self) {
        if self.open.in_table_skeleton() {
            self.ensure_row();
            self.open_plain(Kind::Cell, "td");
        }
    }
}
