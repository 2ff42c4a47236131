#pragma once

#include <QList>
#include <QString>
#include <QStringList>

// Reads RFC 4180 text: quoted fields may hold commas, doubled quotes and line breaks. The first row names the
// columns.
class Csv
{
public:
    explicit Csv(const QString &text);

    [[nodiscard]] qsizetype size() const { return m_rows.size(); }
    [[nodiscard]] bool has(const QString &column) const { return m_columns.contains(column); }
    // Empty where the row is shorter than the header.
    [[nodiscard]] QString value(qsizetype row, const QString &column) const;

private:
    QStringList m_columns;
    QList<QStringList> m_rows;
};
