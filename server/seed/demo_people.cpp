#include "server/seed/demo_people.h"

#include "server/seed/seed_data.h"

#include <QRandomGenerator>

#include <array>

namespace demo_people {

using namespace Qt::StringLiterals;

namespace {

    struct NamedExpert
    {
        const char *name;
        const char *home; // ZIP prefix
        std::array<const char *, 9> skills; // null: no more
    };

    constexpr std::array<NamedExpert, 5> named {
        NamedExpert {
            "Rosa Delgado", "100", { "tv", "audio", "console", "smart-home", "camera", "appliance" } },
        NamedExpert { "Marcus Whitfield", "112", { "laptop", "desktop", "printer", "network", "software" } },
        NamedExpert {
            "Priya Raman", "113", { "phone", "tablet", "wearable", "camera", "laptop", "smart-home" } },
        NamedExpert { "Tom Becker", "104", { "appliance", "smart-home", "tv", "network", "audio" } },
        NamedExpert { "Aisha Bishop",
                      "114",
                      { "desktop",
                        "laptop",
                        "printer",
                        "software",
                        "network",
                        "console",
                        "phone",
                        "tablet",
                        "wearable" } },
    };

    template <class T>
    T typed(const QString &text)
    {
        const auto parsed = T::parse(text);
        if (!parsed)
            qFatal("the seed has a text that cannot be used: %s", qPrintable(text));
        return *parsed;
    }

    template <class T>
    const T &draw(const QList<T> &list, QRandomGenerator &random)
    {
        return list.at(random.bounded(static_cast<int>(list.size())));
    }

    // Every day: minutes of it.
    QList<api::Shift> shifts(std::initializer_list<int> weekdays, int from, int to)
    {
        QList<api::Shift> list;
        for (const int weekday : weekdays)
            list.append(api::Shift { { weekday }, { from }, { to } });
        return list;
    }

    QList<api::Shift> onCall()
    {
        return shifts({ 1, 2, 3, 4, 5, 6, 7 }, 0, 1440);
    }

    QList<api::Shift> drawShifts(QRandomGenerator &random)
    {
        constexpr int hour = 60;
        const int lot = random.bounded(100);
        if (lot < 40)
            return shifts({ 1, 2, 3, 4, 5 }, 8 * hour, 17 * hour);
        if (lot < 58)
            return shifts({ 2, 3, 4, 5, 6 }, 12 * hour, 21 * hour);
        if (lot < 68)
            return shifts({ 1, 5, 6, 7 }, 9 * hour, 18 * hour);
        if (lot < 75) // nights: a shift may not pass midnight
            return shifts({ 1, 2, 3, 4, 5 }, 0, 6 * hour) + shifts({ 1, 2, 3, 4, 5 }, 21 * hour, 24 * hour);
        return onCall();
    }

    // The prefixes with people in them, and who serves which.
    class Country
    {
    public:
        explicit Country(int experts)
        {
            for (const seed_data::Prefix &prefix : seed_data::prefixes()) {
                if (prefix.people == 0)
                    continue;
                m_people += prefix.people;
                m_prefixes.append(&prefix);
                m_peopleUpTo.append(m_people);
            }
            m_toServe = expertsPerPlace * m_people / experts;
        }

        [[nodiscard]] const seed_data::Prefix &draw(QRandomGenerator &random) const
        {
            const auto lot = static_cast<qint64>(random.generateDouble() * static_cast<double>(m_people));
            const auto found = std::ranges::upper_bound(m_peopleUpTo, lot);
            const qsizetype place = std::min(found - m_peopleUpTo.begin(), m_prefixes.size() - 1);
            return *m_prefixes.at(place);
        }

        [[nodiscard]] const seed_data::Prefix &prefix(const QString &zip3) const
        {
            return **std::ranges::find(m_prefixes, zip3, &seed_data::Prefix::zip3);
        }

        // What one expert serves: the nearest prefixes, until as many people live in them as there have to be
        // for a place to be served by a dozen experts.
        [[nodiscard]] const QList<Text<3, 5>> &areasAround(const seed_data::Prefix &home)
        {
            QList<Text<3, 5>> &areas = m_areas[home.zip3];
            if (!areas.isEmpty())
                return areas;
            QList<std::pair<double, const seed_data::Prefix *>> near;
            for (const seed_data::Prefix *prefix : m_prefixes)
                near.append({ milesBetween(home.position, prefix->position), prefix });
            std::ranges::sort(near);
            qint64 people = 0;
            for (const auto &[miles, prefix] : near) {
                const bool isEnough = people >= m_toServe && areas.size() >= fewestAreas;
                if (isEnough || areas.size() == mostAreas || (miles > farthest && !areas.isEmpty()))
                    break;
                areas.append(typed<Text<3, 5>>(prefix->zip3));
                people += prefix->people;
            }
            return areas;
        }

    private:
        static constexpr qint64 expertsPerPlace = 12;
        static constexpr qsizetype fewestAreas = 3;
        static constexpr qsizetype mostAreas = 60;
        static constexpr double farthest = 120; // miles

        QList<const seed_data::Prefix *> m_prefixes;
        QList<qint64> m_peopleUpTo; // of each prefix and all before it
        qint64 m_people = 0;
        qint64 m_toServe = 0;
        QHash<QString, QList<Text<3, 5>>> m_areas;
    };

    QList<api::SkillLevel> drawSkills(const QStringList &all, QRandomGenerator &random)
    {
        // One they are good at, and some more.
        QStringList left = all;
        QList<api::SkillLevel> skills;
        const int count = random.bounded(4, 8);
        for (int i = 0; i < count && !left.isEmpty(); ++i) {
            const QString skill = left.takeAt(random.bounded(static_cast<int>(left.size())));
            skills.append({ typed<api::Slug>(skill),
                            { i == 0 ? random.bounded(3, 6) : random.bounded(1, 5) } });
        }
        return skills;
    }

    void place(api::Expert &expert, const seed_data::Prefix &home, Country &country, QRandomGenerator &random)
    {
        constexpr double spread = 0.07; // degrees: about five miles
        expert.timeZone = home.timeZone;
        expert.areas = country.areasAround(home);
        expert.position = Position {
            home.position.lat + spread * (2 * random.generateDouble() - 1),
            home.position.lon + spread * (2 * random.generateDouble() - 1),
        };
    }

    // 555-0100 to 555-0199 belong to nobody.
    Phone drawPhone(QRandomGenerator &random)
    {
        const int area = random.bounded(2, 10) * 100 + random.bounded(12, 90);
        return typed<Phone>(u"%1-555-01%2"_s.arg(area).arg(random.bounded(100), 2, 10, QChar(u'0')));
    }

} // namespace

Email email(const QString &who)
{
    return typed<Email>(who + u"@demo.squad.example"_s);
}

QList<GatewayService::Newcomer> staffAndCustomer()
{
    const api::Address address { .line1 = typed<Text<1, 200>>(u"1 Main Street"_s),
                                 .line2 = {},
                                 .city = typed<Text<1, 100>>(u"New York"_s),
                                 .state = typed<Text<2, 2>>(u"NY"_s),
                                 .zip = typed<ZipCode>(u"10001"_s) };
    return {
        { email(u"admin"_s), api::Role::admin, typed<api::Name>(u"Alex Admin"_s), {}, {} },
        { email(u"manager"_s), api::Role::manager, typed<api::Name>(u"Morgan Manager"_s), {}, {} },
        { email(u"customer"_s),
          api::Role::customer,
          typed<api::Name>(u"Casey Customer"_s),
          typed<Phone>(u"212-555-0100"_s),
          address },
    };
}

QList<api::Expert> experts(int count, quint32 number)
{
    const seed_data::Names &names = seed_data::names();
    QStringList skills;
    for (const SkillRow &skill : seed_data::catalog().skills)
        skills += skill.id;
    Country country(count);
    QList<api::Expert> experts;
    experts.reserve(count);
    for (int i = 1; i <= count; ++i) {
        // Each has a generator of their own, so that a larger demo begins with the people of a smaller one.
        const std::array<quint32, 2> seed { number, static_cast<quint32>(i) };
        QRandomGenerator random(seed.data(), static_cast<qsizetype>(seed.size()));
        api::Expert expert;
        expert.email = email(u"expert%1"_s.arg(i));
        expert.phone = drawPhone(random);
        expert.availability = api::Availability::available;
        if (static_cast<size_t>(i) <= named.size()) {
            const NamedExpert &known = named.at(static_cast<size_t>(i) - 1);
            expert.name = typed<api::Name>(QLatin1String(known.name));
            place(expert, country.prefix(QLatin1String(known.home)), country, random);
            expert.areas = country.areasAround(country.prefix(u"100"_s));
            for (const char *skill : known.skills) {
                if (skill)
                    expert.skills.append({ typed<api::Slug>(QLatin1String(skill)), { random.bounded(3, 6) } }
                    );
            }
            expert.shifts = onCall();
        } else {
            expert.name = typed<api::Name>(draw(names.first, random) + u' ' + draw(names.last, random));
            place(expert, country.draw(random), country, random);
            expert.skills = drawSkills(skills, random);
            expert.shifts = drawShifts(random);
        }
        experts.append(expert);
    }
    return experts;
}

} // namespace demo_people
