"""Fit the store simulator's distributions and write edge/simulator/parameters.json.

    python fit.py SHARED_DATA_FOLDER OUTPUT_JSON --date YYYY-MM-DD

Only aggregates are written: no row, no id and no product of the data reaches the output. The parts of the data that
other work tests on are left out: the last 20 % of the Groceries baskets, campaigns started from 2017-09-01.
Deterministic: the same data give the same file.
"""

import argparse
import collections
import csv
import gzip
import json
import math
import pathlib
import re

import numpy as np
import pyarrow.parquet as parquet

# Categories of the demo store and what they are called in each data set.
GROCERIES = {
    "drinks": {"soda", "bottled water", "fruit/vegetable juice", "canned beer", "bottled beer", "misc. beverages"},
    "fruit": {"tropical fruit", "citrus fruit", "pip fruit", "berries", "grapes"},
    "vegetables": {"other vegetables", "root vegetables", "onions", "herbs"},
    "bread": {"rolls/buns", "brown bread", "white bread", "semi-finished bread"},
    "pastry": {"pastry", "waffles", "long life bakery product"},
    "sweets": {"chocolate", "specialty chocolate", "candy", "chewing gum", "specialty bar"},
    "snacks": {"salty snack", "nut snack", "popcorn"},
    "flowers": {"pot plants", "flower (seeds)"},
}
JOURNEY = {
    "drinks": {"SOFT DRINKS", "CANNED JUICES", "REFRGRATD JUICES/DRNKS", "WATER - CARBONATED/FLVRD DRINK", "WATER"},
    "fruit": {"APPLES", "BERRIES", "TROPICAL FRUIT", "CITRUS", "GRAPES", "STONE FRUIT", "MELONS", "PEARS"},
    "vegetables": {"VEGETABLES - ALL OTHERS", "TOMATOES", "SALAD MIX", "CARROTS", "MUSHROOMS", "ONIONS", "POTATOES"},
    "bread": {"BAKED BREAD/BUNS/ROLLS", "BREAD", "ROLLS"},
    "pastry": {"BAKED SWEET GOODS", "BREAKFAST SWEETS", "SWEET GOODS & SNACKS", "CAKES", "PIES"},
    "sweets": {"CANDY - PACKAGED", "CANDY - CHECKLANE"},
    "snacks": {"BAG SNACKS", "WAREHOUSE SNACKS", "NUTS"},
    "flowers": {"CUT FLOWERS", "BOUQUET (NON ROSE)", "FLORAL-FLOWERING PLANTS"},
}
CAMPAIGN_TEST_FROM = "2017-09-01"
SENSOR_MIN_READINGS = 30


def rows(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def invert(mapping):
    return {name: category for category, names in mapping.items() for name in names}


def rounded(value, digits=4):
    return round(float(value), digits)


def fit_baskets(data):
    """Share of baskets with a category, and distinct items of it where it is there."""
    category_of = invert(GROCERIES)
    baskets = collections.defaultdict(collections.Counter)
    for row in rows(data / "baskets/groceries.csv.gz"):
        baskets[int(row["basket_id"])][category_of.get(row["item"])] += 1
    train = [baskets[key] for key in sorted(baskets)][: int(len(baskets) * 0.8)]
    result = {}
    for category in GROCERIES:
        with_it = [basket[category] for basket in train if basket[category] > 0]
        result[category] = {"share": rounded(len(with_it) / len(train)), "items": rounded(np.mean(with_it))}
    return result, len(train)


def read_journey(data):
    category_of = invert(JOURNEY)
    category = {r["product_id"]: category_of.get(r["product_category"]) for r in rows(data / "grocery/products.csv.gz")}
    return category, list(rows(data / "grocery/transactions.csv.gz"))


def fit_quantity(category, lines):
    """Pieces of a line: 1, 2, 3, 4, 5 or more (counted as 5)."""
    counts = np.zeros(5)
    for line in lines:
        pieces = float(line["quantity"])
        if category.get(line["product_id"]) and pieces >= 1:
            counts[min(int(pieces), 5) - 1] += 1
    return [rounded(share) for share in counts / counts.sum()]


def fit_repeat(category, lines):
    """Of a household's later purchases in a category: the share that is a product it had bought before."""
    seen = collections.defaultdict(set)
    again, later = collections.Counter(), collections.Counter()
    for line in sorted(lines, key=lambda each: each["transaction_timestamp"]):
        kind = category.get(line["product_id"])
        if kind is None:
            continue
        known = seen[line["household_id"], kind]
        if known:
            later[kind] += 1
            again[kind] += line["product_id"] in known
        known.add(line["product_id"])
    return {kind: rounded(again[kind] / later[kind]) for kind in JOURNEY if later[kind] >= 50}


def fit_price_exponent(category, lines):
    """log(lines sold) on log(price / median price of its category), over products with 5 lines or more."""
    price, sold = collections.defaultdict(list), collections.Counter()
    for line in lines:
        pieces, paid = float(line["quantity"]), float(line["sales_value"])
        if category.get(line["product_id"]) and pieces > 0 and paid > 0:
            price[line["product_id"]].append((paid + float(line["retail_disc"])) / pieces)
            sold[line["product_id"]] += 1
    median = {}
    for kind in JOURNEY:
        prices = [np.median(p) for product, p in price.items() if category[product] == kind and sold[product] >= 5]
        median[kind] = np.median(prices) if prices else 1
    points = [
        (math.log(np.median(price[product]) / median[category[product]]), math.log(count))
        for product, count in sold.items()
        if count >= 5
    ]
    x, y = np.array(points).T
    return rounded(np.polyfit(x, y, 1)[0]), len(points)


def fit_display(data, lines):
    """Mantel-Haenszel rate ratio: lines a store-week of a product on display against neither displayed nor in the mailer."""
    table = parquet.read_table(data / "grocery/promotions.parquet")
    columns = [table[name].to_pylist() for name in ("product_id", "store_id", "week", "display_location", "mailer_location")]
    shown, promoted, stores, weeks = collections.defaultdict(set), collections.defaultdict(set), set(), set()
    for product, store, week, display, mailer in zip(*columns):
        stores.add(store)
        weeks.add(week)
        promoted[product].add((store, week))
        if display != "0" and mailer == "0":
            shown[product].add((store, week))
    sold = collections.defaultdict(collections.Counter)
    for line in lines:
        if line["store_id"] in stores:
            sold[line["product_id"]][line["store_id"], int(line["week"])] += 1
    cells = len(stores) * len(weeks)
    above = below = used = 0
    for product, on_display in shown.items():
        counts = sold.get(product)
        rest = cells - len(promoted[product])
        if not counts or rest <= 0:
            continue
        with_display = sum(counts[cell] for cell in on_display)
        without = sum(n for cell, n in counts.items() if cell not in promoted[product])
        above += with_display * rest / (rest + len(on_display))
        below += without * len(on_display) / (rest + len(on_display))
        used += 1
    return rounded(above / below), used


def fit_redemption(data):
    """Share of households that used at least one coupon of a campaign sent to them."""
    early = {r["campaign_id"] for r in rows(data / "grocery/campaign_descriptions.csv.gz") if r["start_date"] < CAMPAIGN_TEST_FROM}
    sent = {(r["campaign_id"], r["household_id"]) for r in rows(data / "grocery/campaigns.csv.gz") if r["campaign_id"] in early}
    used = {(r["campaign_id"], r["household_id"]) for r in rows(data / "grocery/coupon_redemptions.csv.gz")}
    return rounded(len(sent & used) / len(sent)), len(sent)


def fit_radio(data):
    """Log-distance path loss over (point, sensor) means; what is left between points is shadowing, within them noise."""
    sensors = {}
    with open(data / "ble/sensors.csv", newline="") as file:
        for row in csv.DictReader(file):
            sensors[row["sensor"]] = np.array([float(row[axis]) for axis in "xyz"])
    table = parquet.read_table(data / "ble/fingerprints.parquet")
    names = table["sensor"].to_pylist()
    sets = table["set"].to_pylist()
    x, y, z, rssi = (table[name].to_numpy() for name in ("x", "y", "z", "rssi"))
    groups = collections.defaultdict(list)
    for index, name in enumerate(names):
        groups[sets[index], name, x[index], y[index], z[index]].append(rssi[index])
    logs, means, spreads = [], [], []
    for (_, name, px, py, pz), readings in groups.items():
        if len(readings) < SENSOR_MIN_READINGS:
            continue
        distance = max(0.5, float(np.linalg.norm(np.array([px, py, pz]) - sensors[name])))
        logs.append(math.log10(distance))
        means.append(np.mean(readings))
        spreads.append(np.var(readings))
    slope, at_one_metre = np.polyfit(logs, means, 1)
    left = np.array(means) - (at_one_metre + slope * np.array(logs))
    carried = collections.defaultdict(list)
    for row in rows(data / "ble/tracks.csv.gz"):
        place = np.array([float(row[axis]) for axis in "xyz"])
        distance = max(0.5, float(np.linalg.norm(place - sensors[row["sensor"]])))
        carried[row["sensor"]].append(float(row["rssi"]) - (at_one_metre + slope * math.log10(distance)))
    moving = np.concatenate([np.array(each) for each in carried.values()])
    return {
        "rssiAt1m": rounded(at_one_metre, 2),
        "pathLossExponent": rounded(-slope / 10, 3),
        "shadowingDb": rounded(np.std(left), 2),
        "noiseDb": rounded(math.sqrt(np.mean(spreads)), 2),
        "carriedSpreadDb": rounded(np.std(moving), 2),
    }, len(logs)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=pathlib.Path)
    arguments.add_argument("output", type=pathlib.Path)
    arguments.add_argument("--date", required=True)
    options = arguments.parse_args()
    category, lines = read_journey(options.data)
    baskets, baskets_used = fit_baskets(options.data)
    exponent, products_used = fit_price_exponent(category, lines)
    display, displays_used = fit_display(options.data, lines)
    redemption, placements = fit_redemption(options.data)
    radio, links = fit_radio(options.data)
    parameters = {
        "fitted": options.date,
        "samples": {
            "baskets": baskets_used,
            "lines": len(lines),
            "pricedProducts": products_used,
            "displayedProducts": displays_used,
            "campaignHouseholds": placements,
            "radioLinks": links,
        },
        "baskets": baskets,
        "quantity": fit_quantity(category, lines),
        "repeat": fit_repeat(category, lines),
        "priceExponent": exponent,
        "displayRatio": display,
        "couponUse": redemption,
        "radio": radio,
    }
    text = json.dumps(parameters, indent=2)
    # Lists of numbers on one line, as the formatter of the repository wants them.
    text = re.sub(r"\[\s+([^\[\]{}]+?)\s+\]", lambda found: "[" + re.sub(r",\s+", ", ", found[1]) + "]", text)
    options.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
