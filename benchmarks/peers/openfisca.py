"""The policy for OpenFisca-Core: a variable for each rule, paper and sum, over all households at once as vectors.

python openfisca.py REQUESTS.jsonl
Prints the package's version, then the outcome of each request on a line; then, whenever it reads a number, the nanoseconds
that each household took: in one simulation of a population of such requests, or, for a negative number, in as many
simulations of one household each.
"""

import json
import sys
import time
from datetime import date
from importlib.metadata import version

try:
    import numpy
    from openfisca_core.entities import build_entity
    from openfisca_core.indexed_enums import Enum, EnumArray
    from openfisca_core.parameters import ParameterNode
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable
except ImportError:
    sys.exit(69)

PAPERS = ["ID", "FAMILY", "INCOME", "DEED", "LEASE", "OWNER", "WELL", "DISTANCE"]
PERIOD = "2026-01"
# What it costs to set up a simulation is shared by so many households: it is made for populations, not for one request.
POPULATION = 100_000

Household = build_entity("household", "households", "A household", is_person=True)


class Service(Enum):
    connection = "connection"
    tank = "tank"
    well = "well"
    purifier = "purifier"
    tanker = "tanker"


class Ownership(Enum):
    owned = "owned"
    rented = "rented"
    lent = "lent"
    government = "government"


class Region(Enum):
    r01 = "1"
    r02 = "2"
    r03 = "3"
    r04 = "4"
    r05 = "5"
    r06 = "6"
    r07 = "7"
    r08 = "8"
    r09 = "9"
    r10 = "10"
    r11 = "11"
    r12 = "12"
    r13 = "13"


class Group(Enum):
    central = "central"
    rural = "rural"
    remote = "remote"


def on(value):
    return {"values": {"2026-01-01": {"value": value}}}


PARAMETERS = {
    "limits": {
        group.name: {str(size): on(170_000 - 10_000 * size + 10_000 * place) for size in range(1, 8)}
        for place, group in enumerate(Group)
    },
    "adult_age": on(18),
    "months_of_residence": on(12),
    "near_enough": on(2),
    "far_enough": on(5),
    "small_tank": on(2),
    "vulnerable_from": on(40),
}

# From so many points, in this kind of region, for so many people: this tier. The first that fits.
TIERS = [
    (70, None, 1, 1), (60, Group.remote, 1, 1), (60, None, 7, 1), (60, None, 1, 2), (50, Group.remote, 5, 1),
    (50, Group.rural, 7, 1), (50, Group.remote, 1, 2), (50, None, 7, 2), (50, None, 1, 3), (40, Group.remote, 7, 1),
    (40, Group.remote, 4, 2), (40, Group.rural, 5, 2), (40, None, 6, 3), (40, None, 1, 3), (25, Group.remote, 5, 2),
    (25, Group.remote, 1, 3), (25, Group.rural, 6, 3), (25, None, 1, 4), (10, None, 1, 4),
]  # fmt: skip

# How many days fourteen working days take, by the day of the week on which they begin.
REPLY = numpy.array([18, 20, 20, 20, 20, 19, 18])

VARIABLES = []


def fact(name, value_type, possible_values=None):
    body = {"value_type": value_type, "entity": Household, "definition_period": DateUnit.MONTH}
    if possible_values:
        body |= {"possible_values": possible_values, "default_value": next(iter(possible_values))}
    VARIABLES.append(type(name, (Variable,), body))


def reckoned(value_type, possible_values=None):
    """A variable with this formula."""

    def variable(formula):
        fact(formula.__name__, value_type, possible_values)
        VARIABLES[-1].formula = lambda household, period, parameters: formula(
            lambda name: household(name, period), parameters(period)
        )
        return formula

    return variable


for name in (
    # The leading digit of a national number of ten: OpenFisca's whole numbers have 32 bits.
    "age", "national_id_lead", "residency_months", "size", "income", "disabled", "orphans", "elderly", "day", "ymd",
    "last_ymd",
):  # fmt: skip
    fact(name, int)
for name in ("distance", "tank"):
    fact(name, float)
for name in ("has_network", "has_well", "supported"):
    fact(name, bool)
fact("service", Enum, Service)
fact("ownership", Enum, Ownership)
fact("region", Enum, Region)
for paper in PAPERS:
    fact(f"{paper}_here", bool)
    fact(f"{paper}_matched", bool)
for paper in ("ID", "LEASE", "WELL"):
    fact(f"{paper}_expires", int)
fact("INCOME_issued", int)


# The kind of each region, in their order.
GROUPS = numpy.array([Group.central.index] * 5 + [Group.rural.index] * 4 + [Group.remote.index] * 4, dtype=numpy.uint8)


@reckoned(Enum, Group)
def group(of, policy):
    return EnumArray(GROUPS[numpy.asarray(of("region"))], Group)


@reckoned(int)
def limit(of, policy):
    # `policy.limits[of("group")]` would look each household up by itself, in Python: nine tenths of the whole.
    table = [[policy.limits[group.name][str(size)] for size in range(1, 8)] for group in Group]
    size = of("size")
    return numpy.array(table)[numpy.asarray(of("group")), numpy.minimum(size, 7) - 1] * size


@reckoned(int)
def score(of, policy):
    size, income = of("size"), of("income")
    points = numpy.minimum(of("disabled") * 6, 18) + numpy.minimum(of("orphans") * 5, 15)
    points += numpy.minimum(of("elderly") * 3, 9)
    points += numpy.select([income <= 40_000 * size, income <= 80_000 * size], [20, 10], 0)
    dry = ~of("has_network") & ~of("has_well")
    points += numpy.select([dry, of("distance") > policy.far_enough], [15, 10], 0)
    points += 5 * (of("ownership") == Ownership.rented) + 8 * (size >= 7)
    return numpy.minimum(points, 100)


@reckoned(bool)
def R01(of, policy):
    return of("age") < policy.adult_age


@reckoned(bool)
def R02(of, policy):
    return of("residency_months") < policy.months_of_residence


@reckoned(bool)
def R03(of, policy):
    return (of("region") == Region.r12) | (of("region") == Region.r13)


@reckoned(bool)
def R04(of, policy):
    return of("income") > of("limit")


@reckoned(bool)
def R05(of, policy):
    recent = of("ymd") - of("last_ymd") < 10_000
    return of("supported") & (of("score") < policy.vulnerable_from) & recent


@reckoned(bool)
def R06(of, policy):
    here = (of("distance") <= policy.near_enough) & (of("ownership") == Ownership.owned)
    return (of("service") == Service.connection) & ~here


@reckoned(bool)
def R07(of, policy):
    return (of("service") == Service.tank) & (of("tank") >= policy.small_tank)


@reckoned(bool)
def R08(of, policy):
    return (of("service") == Service.well) & ~of("has_well")


@reckoned(bool)
def R09(of, policy):
    return (of("service") == Service.purifier) & ~(of("has_network") | of("has_well"))


@reckoned(bool)
def R10(of, policy):
    return (of("service") == Service.tanker) & of("has_network") & (of("distance") <= policy.far_enough)


@reckoned(bool)
def R12(of, policy):
    lead = of("national_id_lead")
    return (lead < 1) | (lead > 2)


def paper(name, asked, counts):
    """Whether it is missing, and whether it is there for another person."""

    def missing(of, policy):
        return asked(of) & ~(of(f"{name}_here") & counts(of))

    def unmatched(of, policy):
        return asked(of) & of(f"{name}_here") & ~of(f"{name}_matched")

    missing.__name__, unmatched.__name__ = f"{name}_missing", f"{name}_unmatched"
    reckoned(bool)(missing)
    reckoned(bool)(unmatched)


def owner_asked(of):
    service, ownership = of("service"), of("ownership")
    asked = (service == Service.connection) | (service == Service.tank)
    return asked & ((ownership == Ownership.rented) | (ownership == Ownership.lent))


def distance_asked(of):
    return (of("service") == Service.connection) | (of("service") == Service.tanker)


paper("ID", lambda of: True, lambda of: of("ID_expires") >= of("day"))
paper("FAMILY", lambda of: True, lambda of: True)
paper("INCOME", lambda of: True, lambda of: of("day") - of("INCOME_issued") <= 90)
paper("DEED", lambda of: of("ownership") == Ownership.owned, lambda of: True)
paper("LEASE", lambda of: of("ownership") == Ownership.rented, lambda of: of("LEASE_expires") >= of("day"))
paper("OWNER", owner_asked, lambda of: True)
paper("WELL", lambda of: of("service") == Service.well, lambda of: of("WELL_expires") >= of("day"))
paper("DISTANCE", distance_asked, lambda of: True)


@reckoned(bool)
def R11(of, policy):
    return numpy.logical_or.reduce([of(f"{name}_{lacks}") for name in PAPERS for lacks in ("missing", "unmatched")])


@reckoned(int)
def tier(of, policy):
    score, group, size = of("score"), of("group"), of("size")
    rows = [
        (score >= points) & (True if where is None else group == where) & (size >= people)
        for points, where, people, _ in TIERS
    ]
    return numpy.select(rows, [tier for *_, tier in TIERS], 5)


@reckoned(int)
def reply_in(of, policy):
    return REPLY[of("day") % 7]


RULES = [f"R{number:02}" for number in range(1, 13)]
OUTPUTS = [*RULES, *(f"{paper}_missing" for paper in PAPERS), "score", "tier", "reply_in"]


def system():
    system = TaxBenefitSystem([Household])
    system.add_variables(*VARIABLES)
    system.parameters = ParameterNode("", data=PARAMETERS)
    return system


def day(text):
    return date.fromisoformat(text).toordinal()


def ymd(text):
    return int(text.replace("-", ""))


def read(line):
    request = json.loads(line)
    applicant, household, home = request["applicant"], request["household"], request["dwelling"]
    last = request["history"].get("last_support")
    facts = {
        "age": applicant["age"],
        "national_id_lead": applicant["national_id"] // 1_000_000_000,
        "residency_months": applicant["residency_months"],
        "size": household["size"],
        "income": household["monthly_income"] * 100,
        **{name: household[name] for name in ("disabled", "orphans", "elderly")},
        "day": day(request["submitted_at"]),
        "ymd": ymd(request["submitted_at"]),
        "supported": request["history"]["supported"],
        "last_ymd": ymd(last) if last else 0,
        "service": Service[request["service"]].index,
        "ownership": Ownership[home["ownership"]].index,
        "region": Region[home["region"]].index,
        **{name: home[name] for name in ("has_network", "has_well", "distance", "tank")},
    }
    for name in PAPERS:
        paper = request["documents"].get(name)
        facts[f"{name}_here"] = paper is not None
        facts[f"{name}_matched"] = paper is None or paper["matched"]
        if name in ("ID", "LEASE", "WELL"):
            facts[f"{name}_expires"] = day(paper["expires"]) if paper else 0
        if name == "INCOME":
            facts["INCOME_issued"] = day(paper["issued"]) if paper else 0
    return facts


def columns(system, requests, times=1):
    """Facts as the vectors that a simulation takes, of the types that it would make of them, so many times over."""
    out = {}
    for name in requests[0]:
        variable = system.variables[name]
        values = numpy.tile(numpy.array([request[name] for request in requests]), times)
        if variable.value_type is Enum:
            out[name] = variable.possible_values.encode(values.astype(numpy.uint8))
        else:
            out[name] = values.astype(variable.dtype)
    return out


def decide(system, facts):
    count = len(facts["age"])
    simulation = SimulationBuilder().build_default_simulation(system, count)
    for name, values in facts.items():
        simulation.set_input(name, PERIOD, values)
    return {name: simulation.calculate(name, PERIOD) for name in OUTPUTS}


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        requests = [read(line) for line in lines]
    policy = system()
    facts = columns(policy, requests)
    out = {name: values.tolist() for name, values in decide(policy, facts).items()}
    print(version("openfisca-core"))
    for index in range(len(requests)):
        print(
            json.dumps(
                {
                    "failed": [rule for rule in RULES if out[rule][index]],
                    "missing": [name for name in PAPERS if out[f"{name}_missing"][index]],
                    **{name: out[name][index] for name in ("score", "tier", "reply_in")},
                }
            )
        )
    sys.stdout.flush()
    population = columns(policy, requests, times=-(-POPULATION // len(requests)))
    for line in sys.stdin:
        count = int(line)
        if count < 0:
            batches = [{name: values[at : at + 1] for name, values in facts.items()} for at in range(-count)]
        else:
            batches = [population]
        start = time.perf_counter_ns()
        said = [decide(policy, batch) for batch in batches]
        taken = time.perf_counter_ns() - start
        households = 0
        # What is timed says the same as what was said before.
        for at, one in enumerate(said):
            households += len(one["score"])
            for name in OUTPUTS:
                known = out[name][at % len(requests) :]
                if not numpy.array_equal(one[name][: len(known)], known[: len(one[name])]):
                    sys.exit("what is timed comes out otherwise")
        print(taken / households, flush=True)


main()
