"""How it is got: families, the spider, politeness, the farm of simulated portals."""
