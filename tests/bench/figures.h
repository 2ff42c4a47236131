#pragma once

#include <QJsonArray>
#include <QString>
#include <QStringList>

#include <vector>

// What a benchmark found, in the one form that `./squad bench --json` collects.
class Figures
{
public:
    // `against` is what was measured beside it in the same run, in the same unit; absolute numbers mean
    // little on a machine that others share, the ratio is what lasts.
    void add(const QString &name, double value, const QString &unit, double against);
    void add(const QString &name, double value, const QString &unit);

    // A table for a person; with `--json FILE` among the arguments also the list for a program.
    [[nodiscard]] int report(const QStringList &arguments) const;

private:
    QJsonArray m_figures;
};

// The value below which `part` (0 to 1) of them lie; sorts.
[[nodiscard]] double percentile(std::vector<double> &values, double part);
