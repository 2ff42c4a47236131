#include "server/seed/demo_people.h"

#include "server/seed/seed_data.h"
#include "server/seed/zip_table.h"

#include <QSet>
#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace {

bool serves(const api::Expert &expert, const QString &zip)
{
    return std::ranges::any_of(expert.areas, [&](const auto &area) {
        return zip.startsWith(area.toString());
    });
}

QJsonArray asJson(const QList<api::Expert> &experts)
{
    return json::encode(experts).toArray();
}

} // namespace

// What the seed files hold, who is invented from them, and what an operator may bring. No database.
class DemoPeopleTest : public QObject
{
    Q_OBJECT

private slots:
    void everyPrefixHasARegionOfItsTimeZone()
    {
        QHash<QString, QString> zoneOf;
        for (const RegionRow &region : seed_data::regions())
            zoneOf.insert(region.id, region.timeZone);

        QCOMPARE(zoneOf.size(), 20);
        QVERIFY(seed_data::prefixes().size() > 900);
        for (const seed_data::Prefix &prefix : seed_data::prefixes()) {
            QVERIFY2(zoneOf.contains(prefix.region), qPrintable(prefix.zip3));
            QVERIFY2(QTimeZone::isTimeZoneIdAvailable(prefix.timeZone.toLatin1()), qPrintable(prefix.zip3));
        }
    }

    void theCatalogueHoldsTogether()
    {
        const CatalogContent catalog = seed_data::catalog();
        QSet<QString> skills;
        QSet<QString> categories;
        for (const SkillRow &skill : catalog.skills)
            skills.insert(skill.id);
        for (const CategoryRow &category : catalog.categories) {
            QVERIFY2(skills.contains(category.skill), qPrintable(category.id));
            categories.insert(category.id);
        }
        for (const ProductRow &product : catalog.products)
            QVERIFY2(categories.contains(product.category), qPrintable(product.sku));
        for (const PlanRow &plan : catalog.plans) {
            for (const QString &category : plan.categories)
                QVERIFY2(categories.contains(category), qPrintable(plan.slug));
        }
        QVERIFY(catalog.products.size() > 50);
        QVERIFY(!catalog.plans.isEmpty());
    }

    void theSameNumberMakesTheSamePeople()
    {
        QCOMPARE(asJson(demo_people::experts(40, 7)), asJson(demo_people::experts(40, 7)));
        QVERIFY(asJson(demo_people::experts(40, 7)) != asJson(demo_people::experts(40, 8)));
    }

    void aLargerDemoBeginsWithThePeopleOfASmallerOne()
    {
        const QList<api::Expert> few = demo_people::experts(10, 1);
        const QList<api::Expert> many = demo_people::experts(100, 1);

        for (qsizetype i = 0; i < few.size(); ++i) {
            QCOMPARE(few.at(i).name.toString(), many.at(i).name.toString());
            QVERIFY(few.at(i).position == many.at(i).position);
        }
    }

    // The demo's customer files there, at any hour, for anything.
    void theNamedFiveServeNewYorkWithEverySkillAtAnyHour()
    {
        for (const int count : { 5, 300, 20'000 }) {
            const QList<api::Expert> experts = demo_people::experts(count, 1).first(5);
            QHash<QString, int> able;
            for (const api::Expert &expert : experts) {
                QVERIFY(serves(expert, u"10001"_s));
                QCOMPARE(expert.shifts.size(), 7);
                for (const api::SkillLevel &skill : expert.skills)
                    ++able[skill.skill.toString()];
            }
            for (const SkillRow &skill : seed_data::catalog().skills)
                QVERIFY2(able.value(skill.id) >= 2, qPrintable(skill.id));
        }
    }

    void expertsLiveWherePeopleLive()
    {
        const QList<api::Expert> experts = demo_people::experts(2000, 1);
        qint64 people = 0;
        qint64 served = 0;
        for (const seed_data::Prefix &prefix : seed_data::prefixes()) {
            const auto count = std::ranges::count_if(experts, [&](const api::Expert &expert) {
                return serves(expert, prefix.zip3 + u"01"_s);
            });
            people += prefix.people;
            served += count >= 3 ? prefix.people : 0;
        }

        QVERIFY2(served * 100 / people >= 95, qPrintable(QString::number(served * 100 / people)));
    }

    void everybodyIsOneOfAKindAndCanWork()
    {
        QSet<QString> emails;
        for (const api::Expert &expert : demo_people::experts(500, 3)) {
            emails.insert(expert.email.toString());
            QVERIFY(!expert.skills.isEmpty() && !expert.areas.isEmpty() && !expert.shifts.isEmpty());
            QVERIFY(expert.position.has_value());
            for (const api::Shift &shift : expert.shifts)
                QVERIFY(shift.fromMinute.value < shift.toMinute.value);
        }
        QCOMPARE(emails.size(), 500);
    }

    void aZipTableRefinesPositions()
    {
        const auto table = ZipTable::read("code,city,state,county,area_code,lat,lon\r\n"
                                          "10001,New York,NY,NEW YORK,,40.75,-73.99\r\n"
                                          "10002,\"York, New\",NY,NEW YORK,212,40.71,-73.98\r\n");

        QVERIFY(table);
        QCOMPARE(table->places.size(), 2);
        QCOMPARE(table->places.at(0).zip, u"10001"_s);
        QCOMPARE(table->places.at(0).region, u"new-york"_s);
        QCOMPARE(table->places.at(0).timeZone, u"America/New_York"_s);
        QCOMPARE(table->places.at(0).lat, 40.75);
        QCOMPARE(table->places.at(1).name, u"York, New"_s);
    }

    void columnsAreFoundByName()
    {
        const auto table = ZipTable::read("lon,lat,state,city,code\n-73.99,40.75,NY,New York,10001\n");

        QVERIFY(table);
        QCOMPARE(table->places.value(0).lat, 40.75);
    }

    void whatContradictsItsPrefixIsLeftToIt()
    {
        QByteArray csv("code,city,state,lat,lon\n"
                       "84081,West Jordan,UT,40.61,111.96\n" // the sign is gone
                       "41901,Nowhere,KY,38,-84\n"); // no such prefix
        for (int i = 0; i < 12; ++i) // twelve at one point: the county's
            csv += "900" + QByteArray::number(10 + i) + ",Los Angeles,CA,33.786594,-118.298662\n";
        csv += "90001,Los Angeles,CA,33.97,-118.25\n";

        const auto table = ZipTable::read(csv);

        QVERIFY(table);
        QCOMPARE(table->unknown, 1);
        QCOMPARE(table->coarse, 13);
        QCOMPARE(table->places.size(), 1);
        QCOMPARE(table->places.at(0).zip, u"90001"_s);
    }

    void aTableThatCannotBeReadIsRefusedWithTheLine_data()
    {
        QTest::addColumn<QByteArray>("csv");
        QTest::addColumn<QString>("line");
        const QByteArray header("code,city,state,lat,lon\n");
        QTest::newRow("empty") << QByteArray() << u"line 1"_s;
        QTest::newRow("another header") << QByteArray("zip,lat,lon\n") << u"line 1"_s;
        QTest::newRow("a short line") << header + "10001,New York\n" << u"line 2"_s;
        QTest::newRow("no number") << header + "10001,New York,NY,north,-73\n" << u"line 2"_s;
        QTest::newRow("no ZIP code") << header + "10001,A,NY,40,-73\n1000X,B,NY,40,-73\n" << u"line 3"_s;
    }

    void aTableThatCannotBeReadIsRefusedWithTheLine()
    {
        QFETCH(const QByteArray, csv);

        const auto table = ZipTable::read(csv);

        QVERIFY(!table);
        QTEST(table.error().fields.value(0).pointer, "line");
    }
};

QTEST_APPLESS_MAIN(DemoPeopleTest)
#include "demo_people_test.moc"
