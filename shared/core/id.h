#pragma once

#include <tl/expected.hpp>

#include <QHash>
#include <QString>
#include <QUuid>

// A new UUID of version 7 (RFC 9562): ordered by time of creation, so that B-tree inserts stay at the right
// edge. Strictly increasing within the process, also within one millisecond.
[[nodiscard]] QUuid makeUuid7();

// The identity of a Concept. Ids of different concepts are different types: passing the wrong one does not
// compile.
template <class Concept>
class Id
{
public:
    Id() = default;
    explicit Id(const QUuid &uuid)
        : m_uuid(uuid)
    {
    }

    [[nodiscard]] static Id make() { return Id(makeUuid7()); }
    [[nodiscard]] static tl::expected<Id, QString> parse(const QString &text)
    {
        const QUuid uuid = QUuid::fromString(text);
        if (uuid.isNull() || text.size() != 36)
            return tl::unexpected(QStringLiteral("must be a UUID"));
        return Id(uuid);
    }

    [[nodiscard]] bool isNull() const { return m_uuid.isNull(); }
    [[nodiscard]] const QUuid &uuid() const { return m_uuid; }
    [[nodiscard]] QString toString() const { return m_uuid.toString(QUuid::WithoutBraces); }

    friend bool operator==(const Id &, const Id &) = default;
    friend bool operator<(const Id &a, const Id &b) { return a.m_uuid < b.m_uuid; }
    friend size_t qHash(const Id &id, size_t seed = 0) { return qHash(id.m_uuid, seed); }

private:
    QUuid m_uuid;
};

template <class Concept>
struct std::hash<Id<Concept>>
{
    size_t operator()(const Id<Concept> &id) const noexcept { return qHash(id); }
};
