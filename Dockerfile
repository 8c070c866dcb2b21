# SPDX-License-Identifier: MIT
# For hosts that are not Debian: everything the project needs, in one image.
#   docker build -t aegis .
#   docker run -it --rm -v "$PWD:/aegis" aegis ./aegis-sim
FROM debian:trixie-slim
COPY tools/deps.sh tools/lib.sh tools/packages.tbl /opt/aegis/tools/
RUN apt-get update \
    && apt-get install -y --no-install-recommends git ca-certificates sudo \
    && /opt/aegis/tools/deps.sh --yes all \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /aegis
CMD ["bash"]
