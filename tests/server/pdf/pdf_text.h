#pragma once

#include <QByteArray>
#include <QString>

// What somebody reads in a PDF, as Poppler's pdftotext has it; pages end with a form feed. What is no PDF
// ends the test program.
[[nodiscard]] QString pdfText(const QByteArray &pdf);
