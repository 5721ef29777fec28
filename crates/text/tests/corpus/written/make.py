"""Writes the files of this folder: `pip install python-docx openpyxl python-pptx reportlab`, then `python make.py`.

They are what common programs write, beside the files that the tests make by hand.
"""

import datetime

import docx
import openpyxl
import pptx
from pptx.util import Inches
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

document = docx.Document()
document.add_heading("Minutes", 0)
document.add_heading("Decisions", 2)
document.add_paragraph("We met on Monday.")
for text in ("First", "Second"):
    document.add_paragraph(text, style="List Number")
document.add_paragraph("A remark", style="List Bullet")
table = document.add_table(rows=3, cols=3)
for row in range(3):
    for column in range(3):
        table.cell(row, column).text = f"r{row}c{column}"
table.cell(1, 0).merge(table.cell(2, 0))
table.cell(1, 1).merge(table.cell(1, 2))
document.save("python-docx.docx")

workbook = openpyxl.Workbook()
sheet = workbook.active
sheet.title = "Budget"
sheet.append(["Item", "Date", "Cost"])
sheet.append(["Tea", datetime.date(2026, 2, 1), 4.5])
sheet.append(["Cake", datetime.datetime(2026, 2, 1, 13, 5), 0.1 + 0.2])
sheet["D2"], sheet["D3"] = datetime.time(10, 30), datetime.timedelta(hours=30)
sheet["C4"] = "=SUM(C2:C3)"
sheet["A6"] = "merged"
sheet.merge_cells("A6:C6")
hidden = workbook.create_sheet("Notes")
hidden.sheet_state = "hidden"
hidden["A1"] = "not for you"
workbook.save("openpyxl.xlsx")

deck = pptx.Presentation()
slide = deck.slides.add_slide(deck.slide_layouts[1])
slide.shapes.title.text = "Plans"
slide.placeholders[1].text = "One\nTwo"
slide.placeholders[1].text_frame.paragraphs[1].level = 1
slide.notes_slide.notes_text_frame.text = "Say hello"
cells = slide.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
cells.cell(0, 0).text, cells.cell(1, 1).text = "a", "d"
run = slide.shapes.add_textbox(Inches(1), Inches(6), Inches(3), Inches(1)).text_frame.paragraphs[0].add_run()
run.text, run.hyperlink.address = "the page", "https://example.com/"
deck.save("python-pptx.pptx")

styles = getSampleStyleSheet()
SimpleDocTemplate("reportlab.pdf", pagesize=A4, invariant=1).build(
    [
        Paragraph("Invoice “Ünïcode” &amp; more", styles["Title"]),
        Paragraph("The quick brown fox jumps over the lazy dog. " * 4, styles["BodyText"]),
        Paragraph('See <a href="https://example.com/x">the page</a>.', styles["BodyText"]),
        Table([["Item", "Quantity", "Price"], ["Tea", "2", "4.50"], ["Cake", "1", "3.00"]]),
        PageBreak(),
        Paragraph("Second page", styles["Heading1"]),
    ]
)
