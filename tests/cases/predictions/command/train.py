import csv, os

# Reads the data, predicts by a rule, and writes what Portcullis judges.
with open("visits.csv") as file:
    rows = list(csv.DictReader(file))
with open(os.environ["PORTCULLIS_PREDICTIONS"], "w", newline="") as file:
    out = csv.writer(file)
    out.writerow(["label", "prediction", "score"])
    for row in rows:
        score = min(float(row["minutes"]) / 60, 1)
        out.writerow([row["bought"], int(score > 0.5), score])
print("seed", os.environ["PORTCULLIS_SEED"])
