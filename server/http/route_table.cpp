#include "server/http/route_table.h"

using namespace Qt::StringLiterals;

struct RouteTable::Node
{
    QHash<QString, std::shared_ptr<Node>> literals;
    std::unique_ptr<Node> parameter;
    QString parameterName;
    QString restName;
    int place = -1;
    int restPlace = -1;
};

RouteTable::RouteTable()
    : m_root(std::make_unique<Node>())
{
}

RouteTable::~RouteTable() = default;

int RouteTable::insert(const QString &pathTemplate)
{
    Q_ASSERT_X(pathTemplate.startsWith(u'/'), "RouteTable", qPrintable(pathTemplate));
    Node *node = m_root.get();
    for (const QString &segment : pathTemplate.sliced(1).split(u'/')) {
        if (!segment.startsWith(u'{')) {
            std::shared_ptr<Node> &next = node->literals[segment];
            if (!next)
                next = std::make_shared<Node>();
            node = next.get();
            continue;
        }
        if (segment.endsWith("...}"_L1)) {
            node->restName = segment.sliced(1, segment.size() - 5);
            return node->restPlace = node->restPlace < 0 ? m_places++ : node->restPlace;
        }
        const QString name = segment.sliced(1, segment.size() - 2);
        if (!node->parameter) {
            node->parameter = std::make_unique<Node>();
            node->parameterName = name;
        }
        Q_ASSERT_X(node->parameterName == name, "RouteTable", qPrintable(pathTemplate));
        node = node->parameter.get();
    }
    return node->place = node->place < 0 ? m_places++ : node->place;
}

std::optional<RouteTable::Hit> RouteTable::find(const QStringList &segments) const
{
    Hit hit;
    if (!find(*m_root, segments, 0, hit))
        return std::nullopt;
    return hit;
}

bool RouteTable::find(const Node &node, const QStringList &segments, qsizetype at, Hit &hit)
{
    if (at == segments.size()) {
        hit.place = node.place;
        return node.place >= 0;
    }
    const auto literal = node.literals.constFind(segments.at(at));
    if (literal != node.literals.constEnd() && find(**literal, segments, at + 1, hit))
        return true;
    if (node.parameter && !segments.at(at).isEmpty() && find(*node.parameter, segments, at + 1, hit)) {
        hit.values.insert(node.parameterName, segments.at(at));
        return true;
    }
    if (node.restPlace < 0)
        return false;
    hit.place = node.restPlace;
    hit.values.insert(node.restName, segments.sliced(at).join(u'/'));
    return true;
}
