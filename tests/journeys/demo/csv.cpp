#include "tests/journeys/demo/csv.h"

Csv::Csv(const QString &text)
{
    QStringList row;
    QString field;
    bool quoted = false;
    const auto endField = [&] { row.append(std::exchange(field, {})); };
    const auto endRow = [&] {
        endField();
        if (row.size() > 1 || !row.first().isEmpty())
            m_rows.append(row);
        row.clear();
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (quoted) {
            if (c != u'"')
                field += c;
            else if (i + 1 < text.size() && text.at(i + 1) == u'"')
                field += text.at(++i);
            else
                quoted = false;
        } else if (c == u'"') {
            quoted = true;
        } else if (c == u',') {
            endField();
        } else if (c == u'\n') {
            endRow();
        } else if (c != u'\r') {
            field += c;
        }
    }
    if (!field.isEmpty() || !row.isEmpty())
        endRow();
    if (!m_rows.isEmpty())
        m_columns = m_rows.takeFirst();
}

QString Csv::value(qsizetype row, const QString &column) const
{
    return m_rows.at(row).value(m_columns.indexOf(column));
}
