#include "expert-client/expert_app.h"

int main(int argc, char **argv)
{
    return runApp<ExpertApp>(argc, argv);
}
