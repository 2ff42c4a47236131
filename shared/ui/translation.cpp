#include "shared/ui/translation.h"

#include <QCoreApplication>
#include <QLocale>

using namespace Qt::StringLiterals;

Translation::Translation()
{
    const QString name = u"sysops-squad"_s;
    const QString folder = u":/translations"_s;
    if (!load(QLocale(), name, u"_"_s, folder) && !load(name + u"_en"_s, folder))
        qWarning("No translation could be loaded.");
    QCoreApplication::installTranslator(this);
}
