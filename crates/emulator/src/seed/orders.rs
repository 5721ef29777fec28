//! The 500 orders of the built-in office: the same ones every time.

use chrono::{Days, NaiveDate};
use serde_json::json;

use super::{SeedFile, SeedTab};

const COUNT: usize = 500;
const CUSTOMERS: [(&str, &str); 7] = [
    ("Baltic Freight", "PL"),
    ("Hansen & Sons", "DK"),
    ("Krüger GmbH", "DE"),
    ("Lumen Studio", "FR"),
    ("Northwind", "SE"),
    ("Ostrava Steel", "CZ"),
    ("Partner Example", "PL"),
];
const ARTICLES: [(&str, usize); 5] = [
    ("Desk 160 cm", 124_000),
    ("Desk 180 cm", 149_500),
    ("Lamp", 8_990),
    ("Office chair", 31_250),
    ("Shelf", 17_499),
];
const STATES: [&str; 4] = ["paid", "open", "shipped", "returned"];

/// A spreadsheet of orders, with their total on a tab of its own.
pub(super) fn sheet() -> SeedFile {
    let head = [
        "Order", "Date", "Customer", "Country", "Article", "Pieces", "Net", "Status",
    ];
    let head = head.map(str::to_owned).to_vec();
    let rows = std::iter::once(head).chain((0..COUNT).map(order));
    let totals = [
        ["Net", "=SUM(Orders!G2:G501)"],
        ["Orders", "=COUNTA(Orders!A2:A501)"],
    ];
    let totals = totals.map(|row| row.map(str::to_owned).to_vec());
    let tab = |name: &str, rows: Vec<Vec<String>>| SeedTab {
        name: name.to_owned(),
        rows,
        ..SeedTab::default()
    };
    let mut orders = tab("Orders", rows.collect());
    orders.frozen_rows = Some(1);
    let money = json!({ "numberFormat": { "type": "NUMBER", "pattern": "#,##0.00" } });
    orders.formats.insert("G2:G501".to_owned(), money);
    SeedFile {
        id: Some("1OfficeSheetOrders000000000000001".to_owned()),
        name: "Orders".to_owned(),
        modified: "-40d".to_owned(),
        tabs: vec![orders, tab("Totals", totals.to_vec())],
        ..SeedFile::default()
    }
}

fn order(index: usize) -> Vec<String> {
    // Numbers that have nothing in common make rows that look like no pattern.
    let pick = |factor: usize, count: usize| (index * factor + index / count) % count;
    let (customer, country) = CUSTOMERS[pick(3, CUSTOMERS.len())];
    let (article, cents) = ARTICLES[pick(2, ARTICLES.len())];
    let pieces = 1 + pick(7, 12);
    let net = cents * pieces;
    let day = u64::try_from(index * 151 / COUNT).unwrap_or(0);
    let date = NaiveDate::from_ymd_opt(2026, 1, 5)
        .unwrap_or_default()
        .checked_add_days(Days::new(day))
        .unwrap_or_default();
    vec![
        format!("A-{:04}", 1001 + index),
        date.to_string(),
        customer.to_owned(),
        country.to_owned(),
        article.to_owned(),
        pieces.to_string(),
        format!("{}.{:02}", net / 100, net % 100),
        STATES[pick(5, STATES.len())].to_owned(),
    ]
}
