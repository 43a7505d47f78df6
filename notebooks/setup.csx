// What every notebook starts with, after its engine: the library's names, and how tables, figures and progress are shown.
#r "../lib/Results/bin/Release/net10.0/Fgsm.Results.dll"
#r "../lib/Results/bin/Release/net10.0/Microsoft.Data.Analysis.dll"
#r "../lib/Results/bin/Release/net10.0/XPlot.Plotly.dll"

using Fgsm.Attacks;
using Fgsm.Certified;
using Fgsm.Data;
using Fgsm.Defences;
using Fgsm.Evaluation;
using Fgsm.Models;
using Fgsm.Results;
using Fgsm.Results.Figures;
using Fgsm.Results.Plotly;
using Fgsm.Results.Svg;
using Fgsm.Results.Tables;
using Fgsm.Training;
using Microsoft.Data.Analysis;

Displays.Register();
