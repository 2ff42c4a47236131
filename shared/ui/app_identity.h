#pragma once

#include "shared/api/endpoint.h"

#include <QString>

// Which of the apps this is.
struct AppIdentity
{
    QString id; // of the program and its settings: "sysops-expert"
    QString name; // for people: "Sysops Squad Expert"
    api::Roles admitted; // who may work with it
    QString audience; // "experts", for those who may not
};
