#include "server/seed/seed_data.h"

#include "shared/json/codec.h"

#include <QFile>

// Outside any namespace, as the macro demands; the reference keeps the linker from dropping the resource.
static void initialiseResource()
{
    Q_INIT_RESOURCE(seed);
}

namespace seed_data {

using namespace Qt::StringLiterals;

namespace {

    // The shape of catalog.json.
    struct SkillEntry
    {
        QString id;
        QString name;
    };
    BOOST_DESCRIBE_STRUCT(SkillEntry, (), (id, name))

    struct CategoryEntry
    {
        QString id;
        QString name;
        QString skill;
        int minutes = 0;
    };
    BOOST_DESCRIBE_STRUCT(CategoryEntry, (), (id, name, skill, minutes))

    struct ProductEntry
    {
        QString sku;
        QString name;
        QString maker;
        QString category;
    };
    BOOST_DESCRIBE_STRUCT(ProductEntry, (), (sku, name, maker, category))

    struct PlanEntry
    {
        QString id;
        QString name;
        QString description;
        qint64 priceCents = 0;
        QString currency;
        api::Period period = api::Period::month;
        QList<QString> categories;
        int visitsPerYear = 0;
        api::SlaTargets slaMinutes;
        api::Priority priority = api::Priority::normal;
    };
    BOOST_DESCRIBE_STRUCT(
        PlanEntry,
        (),
        (id, name, description, priceCents, currency, period, categories, visitsPerYear, slaMinutes, priority)
    )

    struct CatalogFile
    {
        QList<SkillEntry> skills;
        QList<CategoryEntry> categories;
        QList<ProductEntry> products;
        QList<PlanEntry> plans;
    };
    BOOST_DESCRIBE_STRUCT(CatalogFile, (), (skills, categories, products, plans))

    struct SymptomEntry
    {
        QString category;
        QString subject;
        QString text;
    };
    BOOST_DESCRIBE_STRUCT(SymptomEntry, (), (category, subject, text))

    struct NamesFile
    {
        QList<QString> first;
        QList<QString> last;
        QList<QString> streets;
        QList<SymptomEntry> symptoms;
    };
    BOOST_DESCRIBE_STRUCT(NamesFile, (), (first, last, streets, symptoms))

    QByteArray contents(const QString &name)
    {
        initialiseResource();
        QFile file(u":/seed/"_s + name);
        if (!file.open(QIODevice::ReadOnly))
            qFatal("the seed file %s is not compiled in", qPrintable(name));
        return file.readAll();
    }

    template <class T>
    T parsed(const QString &name)
    {
        const Result<T> content = json::parse<T>(contents(name));
        if (!content) {
            const FieldError error = content.error().fields.value(0);
            qFatal(
                "the seed file %s: %s %s",
                qPrintable(name),
                qPrintable(error.pointer),
                qPrintable(error.detail)
            );
        }
        return *content;
    }

    // The rows of a table, each with a cell for every column of the header.
    QList<QStringList> table(const QString &name)
    {
        const QStringList lines = QString::fromUtf8(contents(name)).split(u'\n', Qt::SkipEmptyParts);
        QList<QStringList> rows;
        for (const QString &line : lines) {
            rows.append(line.split(u'\t'));
            if (rows.last().size() != rows.first().size())
                qFatal(
                    "the seed file %s, line %d, has not the columns of its header",
                    qPrintable(name),
                    int(rows.size())
                );
        }
        return rows.mid(1);
    }

    // "995-999" and "070-089,569": every prefix in it.
    QStringList expanded(const QString &ranges)
    {
        QStringList prefixes;
        for (const QString &range : ranges.split(u',')) {
            const int first = range.section(u'-', 0, 0).toInt();
            const int last = range.section(u'-', -1).toInt();
            for (int prefix = first; prefix <= last; ++prefix)
                prefixes += u"%1"_s.arg(prefix, 3, 10, QChar(u'0'));
        }
        return prefixes;
    }

    QList<Prefix> readPrefixes()
    {
        QHash<QString, QString> regionOf;
        for (const QStringList &row : table(u"regions.tsv"_s)) {
            for (const QString &prefix : expanded(row.at(3)))
                regionOf.insert(prefix, row.at(0));
        }
        QList<Prefix> prefixes;
        for (const QStringList &row : table(u"zip3.tsv"_s)) {
            prefixes.append({ .zip3 = row.at(0),
                              .usState = row.at(1),
                              .place = row.at(2),
                              .position = { row.at(3).toDouble(), row.at(4).toDouble() },
                              .timeZone = row.at(5),
                              .people = row.at(6).toLongLong(),
                              .region = regionOf.value(row.at(0)) });
            if (prefixes.last().region.isEmpty())
                qFatal("the seed files have no region for the prefix %s", qPrintable(row.at(0)));
        }
        return prefixes;
    }

} // namespace

const QList<RegionRow> &regions()
{
    static const QList<RegionRow> regions = [] {
        QList<RegionRow> list;
        for (const QStringList &row : table(u"regions.tsv"_s))
            list.append({ row.at(0), row.at(1), row.at(2) });
        return list;
    }();
    return regions;
}

const QList<Prefix> &prefixes()
{
    static const QList<Prefix> prefixes = readPrefixes();
    return prefixes;
}

QList<CalendarRow> calendars()
{
    const QJsonObject own = parsed<QJsonObject>(u"holidays.json"_s);
    QList<CalendarRow> calendars;
    for (const RegionRow &region : regions()) {
        api::CalendarContent content = CalendarBook::defaultContent(region.timeZone);
        const auto holidays = json::fromJson<QList<api::Holiday>>(own.value(region.id).toArray());
        if (holidays)
            content.holidays += *holidays;
        if (!holidays || !problemsOf(content).isEmpty())
            qFatal("the seed file holidays.json: the holidays of %s", qPrintable(region.id));
        calendars.append({ region.id, 1, content, u"Sysops Squad"_s, {} });
    }
    return calendars;
}

QList<PlaceRow> places()
{
    QList<PlaceRow> places;
    for (const Prefix &prefix : prefixes()) {
        places.append({ prefix.zip3,
                        prefix.region,
                        prefix.timeZone,
                        prefix.place,
                        prefix.usState,
                        prefix.position.lat,
                        prefix.position.lon });
    }
    return places;
}

CatalogContent catalog()
{
    const auto file = parsed<CatalogFile>(u"catalog.json"_s);
    CatalogContent content;
    for (const SkillEntry &skill : file.skills)
        content.skills.append({ skill.id, skill.name });
    for (const CategoryEntry &category : file.categories)
        content.categories.append({ category.id, category.name, category.skill, category.minutes });
    for (const ProductEntry &product : file.products) {
        content.products.append(
            { api::ProductId::make(), product.sku, product.name, product.maker, product.category }
        );
    }
    for (const PlanEntry &plan : file.plans) {
        content.plans.append({ .id = api::PlanId::make(),
                               .slug = plan.id,
                               .name = plan.name,
                               .description = plan.description,
                               .priceMinor = plan.priceCents,
                               .currency = plan.currency,
                               .period = plan.period,
                               .categories = plan.categories,
                               .visitsPerYear = plan.visitsPerYear,
                               .assignMinutes = plan.slaMinutes.assign,
                               .acceptMinutes = plan.slaMinutes.accept,
                               .arriveMinutes = plan.slaMinutes.arrive,
                               .resolveMinutes = plan.slaMinutes.resolve,
                               .counting = plan.slaMinutes.counting,
                               .priority = plan.priority,
                               .place = static_cast<int>(content.plans.size()) });
    }
    // As a customer should see them: from the cheapest year to the dearest.
    std::ranges::sort(content.plans, {}, [](const PlanRow &plan) {
        return plan.priceMinor * (plan.period == api::Period::month ? 12 : 1);
    });
    for (qsizetype i = 0; i < content.plans.size(); ++i)
        content.plans[i].place = static_cast<int>(i);
    return content;
}

const Names &names()
{
    static const Names names = [] {
        const auto file = parsed<NamesFile>(u"names.json"_s);
        return Names { file.first, file.last };
    }();
    return names;
}

} // namespace seed_data
