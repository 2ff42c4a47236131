#include "tests/bench/figures.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

void Figures::add(const QString &name, double value, const QString &unit, double against)
{
    m_figures.append(QJsonObject {
        { u"name"_s, name },
        { u"value"_s, value },
        { u"unit"_s, unit },
        { u"against"_s, against },
        { u"ratio"_s, against > 0 ? value / against : 0 },
    });
}

void Figures::add(const QString &name, double value, const QString &unit)
{
    m_figures.append(QJsonObject { { u"name"_s, name }, { u"value"_s, value }, { u"unit"_s, unit } });
}

int Figures::report(const QStringList &arguments) const
{
    for (const QJsonValue &each : m_figures) {
        const bool compared = each.toObject().contains(u"against"_s);
        std::printf(
            "%-48s %12.2f %-10s",
            qPrintable(each[u"name"_s].toString()),
            each[u"value"_s].toDouble(),
            qPrintable(each[u"unit"_s].toString())
        );
        if (compared)
            std::printf(
                "  against %12.2f   ratio %.3g", each[u"against"_s].toDouble(), each[u"ratio"_s].toDouble()
            );
        std::printf("\n");
    }
    const qsizetype option = arguments.indexOf(u"--json"_s);
    if (option < 0)
        return 0;
    QFile file(arguments.value(option + 1));
    const QByteArray text = QJsonDocument(m_figures).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) {
        std::fprintf(stderr, "cannot write %s\n", qPrintable(file.fileName()));
        return 1;
    }
    return 0;
}

double percentile(std::vector<double> &values, double part)
{
    if (values.empty())
        return 0;
    std::ranges::sort(values);
    return values.at(std::min(values.size() - 1, size_t(part * double(values.size()))));
}
