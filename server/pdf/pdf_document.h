#pragma once

#include "shared/core/result.h"

#include <QDateTime>
#include <QList>
#include <QStringList>

// A business paper of ours - a bill, a statement, a report - as PDF: a letterhead, who it is for, some facts,
// a table that runs over as many pages as it needs, sums, and notes. US Letter, since that is what the
// customers print on.
//
// Whatever stands in the texts arrives as text: long words are broken, control characters are left out.
namespace pdf {

struct Fact
{
    QString name;
    QString value;
};

struct Column
{
    enum class Align { left, right };

    QString title;
    double share = 1; // of the table's width, against the other columns'
    Align align = Align::left;
};

struct Document
{
    QString title;
    QStringList issuer; // lines; the first is the name
    QStringList recipient;
    QList<Fact> facts;
    QList<Column> columns;
    QList<QStringList> rows; // cells, one per column
    QList<Fact> sums; // the last is what counts
    QStringList notes;
    QString footer; // on each page, beside its number
    QDateTime madeAt; // the same document is the same bytes
};

// Takes milliseconds for a page; blocks.
[[nodiscard]] Result<QByteArray> render(const Document &document);

} // namespace pdf
