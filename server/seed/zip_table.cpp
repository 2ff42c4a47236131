#include "server/seed/zip_table.h"

using namespace Qt::StringLiterals;

namespace {

// Where GeoNames knows only the county, all of its ZIP codes share one point, which may lie in the sea.
constexpr int mostAtOnePoint = 9;
// No ZIP code outside Alaska is farther from the centre of its prefix; a flipped sign always is.
constexpr double mostMilesFromPrefix = 250;

QStringList cellsOf(const QString &line)
{
    QStringList cells { QString() };
    bool isQuoted = false;
    for (const QChar c : line) {
        if (c == u'"')
            isQuoted = !isQuoted;
        else if (c == u',' && !isQuoted)
            cells.append(QString());
        else
            cells.last().append(c);
    }
    return cells;
}

struct Columns
{
    qsizetype code;
    qsizetype city;
    qsizetype state;
    qsizetype lat;
    qsizetype lon;

    [[nodiscard]] qsizetype last() const { return std::max({ code, city, state, lat, lon }); }
};

Problem unreadable(qsizetype line, const QString &why)
{
    return Problem::invalid(u"line %1"_s.arg(line), why);
}

Result<Columns> columnsOf(const QString &header)
{
    const QStringList names = cellsOf(header);
    const Columns columns { names.indexOf(u"code"_s),
                            names.indexOf(u"city"_s),
                            names.indexOf(u"state"_s),
                            names.indexOf(u"lat"_s),
                            names.indexOf(u"lon"_s) };
    if (std::min({ columns.code, columns.city, columns.state, columns.lat, columns.lon }) < 0)
        return fail(unreadable(1, u"must name the columns code, city, state, lat and lon"_s));
    return columns;
}

QString pointOf(const PlaceRow &place)
{
    return u"%1 %2"_s.arg(place.lat).arg(place.lon);
}

} // namespace

Result<ZipTable> ZipTable::read(const QByteArray &csv)
{
    QHash<QString, const seed_data::Prefix *> prefixes;
    for (const seed_data::Prefix &prefix : seed_data::prefixes())
        prefixes.insert(prefix.zip3, &prefix);

    const QStringList lines = QString::fromUtf8(csv).remove(u'\r').split(u'\n');
    const Columns columns = TRY(columnsOf(lines.value(0)));
    ZipTable table;
    QList<PlaceRow> rows;
    QHash<QString, int> atPoint;
    for (qsizetype i = 1; i < lines.size(); ++i) {
        if (lines.at(i).isEmpty())
            continue;
        const QStringList cells = cellsOf(lines.at(i));
        if (cells.size() <= columns.last())
            return fail(unreadable(i + 1, u"has too few columns"_s));
        const auto zip = ZipCode::parse(cells.at(columns.code));
        bool hasLat = false;
        bool hasLon = false;
        const Position position { cells.at(columns.lat).toDouble(&hasLat),
                                  cells.at(columns.lon).toDouble(&hasLon) };
        if (!zip || !hasLat || !hasLon)
            return fail(unreadable(i + 1, u"has no ZIP code, or no position in degrees"_s));
        const seed_data::Prefix *prefix = prefixes.value(zip->prefix());
        if (!prefix) {
            ++table.unknown;
            continue;
        }
        if (milesBetween(position, prefix->position) > mostMilesFromPrefix) {
            ++table.coarse;
            continue;
        }
        rows.append({ zip->toString(),
                      prefix->region,
                      prefix->timeZone,
                      cells.at(columns.city),
                      cells.at(columns.state),
                      position.lat,
                      position.lon });
        ++atPoint[pointOf(rows.last())];
    }
    for (const PlaceRow &row : rows) {
        if (atPoint.value(pointOf(row)) > mostAtOnePoint)
            ++table.coarse;
        else
            table.places.append(row);
    }
    return table;
}
