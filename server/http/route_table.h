#pragma once

#include <QHash>
#include <QMultiHash>
#include <QStringList>

#include <memory>
#include <optional>

// A tree of path templates: finding one costs a look-up per segment, however many routes there are.
class RouteTable
{
public:
    struct Hit
    {
        int place = 0;
        QMultiHash<QString, QString> values;
    };

    RouteTable();
    ~RouteTable();
    RouteTable(const RouteTable &) = delete;
    RouteTable &operator=(const RouteTable &) = delete;

    // The number of the place at this template, a new one if needed; numbers count up from 0. Two templates
    // that differ by a parameter's name only are the same place and must agree on the name: anything else is
    // a mistake in the program.
    int insert(const QString &pathTemplate);

    // The most literal template that fits and at which something is: a place that no route was put at does
    // not hide a parameter beside it.
    [[nodiscard]] std::optional<Hit> find(const QStringList &segments) const;

private:
    struct Node;
    [[nodiscard]] static bool find(const Node &node, const QStringList &segments, qsizetype at, Hit &hit);

    std::unique_ptr<Node> m_root;
    int m_places = 0;
};
